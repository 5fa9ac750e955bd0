#include "bridge/fireeye/vocabulary.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bridge::fireeye {

namespace {

struct Word {
    std::string_view folded;
    Name name;
};

constexpr std::array words = {
    Word{"action", Name::action},
    Word{"address", Name::address},
    Word{"alert", Name::alert},
    Word{"alerts", Name::alerts},
    Word{"alerturl", Name::alert_url},
    Word{"appliance", Name::appliance},
    Word{"applianceid", Name::appliance_id},
    Word{"attackmode", Name::attack_mode},
    Word{"channel", Name::channel},
    Word{"cncservice", Name::cnc_service},
    Word{"cncservices", Name::cnc_services},
    Word{"content", Name::content},
    Word{"dst", Name::dst},
    Word{"explanation", Name::explanation},
    Word{"host", Name::host},
    Word{"httpheader", Name::http_header},
    Word{"id", Name::id},
    Word{"ip", Name::ip},
    Word{"ipsdetected", Name::ips_detected},
    Word{"malicious", Name::malicious},
    Word{"malware", Name::malware},
    Word{"malwaredetected", Name::malware_detected},
    Word{"msg", Name::msg},
    Word{"name", Name::name},
    Word{"objurl", Name::objurl},
    Word{"occurred", Name::occurred},
    Word{"port", Name::port},
    Word{"product", Name::product},
    Word{"protocol", Name::protocol},
    Word{"sensor", Name::sensor},
    Word{"sensorip", Name::sensor_ip},
    Word{"severity", Name::severity},
    Word{"signame", Name::sig_name},
    Word{"smtpmailfrom", Name::smtp_mail_from},
    Word{"smtpmessage", Name::smtp_message},
    Word{"smtpto", Name::smtp_to},
    Word{"src", Name::src},
    Word{"t", Name::content},
    Word{"text", Name::content},
    Word{"url", Name::url},
    Word{"uuid", Name::uuid},
    Word{"value", Name::value},
    Word{"version", Name::version},
};

constexpr std::size_t folded_size_max = 16;
constexpr std::size_t slot_count = 128;

constexpr std::uint32_t hash_start = 2166136261U;  // FNV-1a
constexpr std::uint32_t hashed(std::uint32_t hash, char c) {
    return (hash ^ static_cast<unsigned char>(c)) * 16777619U;
}
constexpr std::size_t slot_of(std::uint32_t hash) {
    return (hash ^ (hash >> 15U)) % slot_count;
}

constexpr std::uint32_t hash_of(std::string_view folded) {
    std::uint32_t hash = hash_start;
    for (const char c : folded) {
        hash = hashed(hash, c);
    }
    return hash;
}

/// Open addressing, made at compile time: every start tag and key of a body is looked up here.
constexpr std::array<Word, slot_count> make_table() {
    std::array<Word, slot_count> table{};
    for (auto& slot : table) {
        slot = Word{"", Name::unknown};
    }
    for (const Word& word : words) {
        std::size_t at = slot_of(hash_of(word.folded));
        while (!table[at].folded.empty()) {
            at = (at + 1) % slot_count;
        }
        table[at] = word;
    }
    return table;
}

constexpr auto table = make_table();

Name folded_name_of_key(std::string_view key) {
    if (!key.empty() && key.front() == '@') {
        key.remove_prefix(1);
    }
    std::array<char, folded_size_max> folded;  // its first `size` characters are written below
    std::size_t size = 0;
    std::uint32_t hash = hash_start;
    bool too_long = false;
    for (const char c : key) {
        if (c == '-' || c == '_' || c == ' ' || c == '#' || c == '$') {
            continue;
        }
        if (c == ':') {
            if (!too_long && std::string_view(folded.data(), size) == "xmlns") {
                return Name::unknown;
            }
            size = 0;
            hash = hash_start;
            too_long = false;
            continue;
        }
        if (size == folded_size_max) {
            too_long = true;
            continue;
        }
        const char small = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
        folded[size++] = small;
        hash = hashed(hash, small);
    }
    if (size == 0 || too_long) {
        return key == "$" || key == "_" ? Name::content : Name::unknown;
    }
    const std::string_view wanted(folded.data(), size);
    for (std::size_t at = slot_of(hash); !table[at].folded.empty(); at = (at + 1) % slot_count) {
        if (table[at].folded == wanted) {
            return table[at].name;
        }
    }
    return Name::unknown;
}

/// What appliances write, letter by letter: nearly every key is found here, without folding it. The ones that mean
/// nothing to us are here to be known for that as fast.
constexpr std::array spellings = {"@id",
                                  "@name",
                                  "@severity",
                                  "ack",
                                  "action",
                                  "address",
                                  "alert",
                                  "alert-url",
                                  "alertUrl",
                                  "alerts",
                                  "analysis",
                                  "anomaly",
                                  "appliance",
                                  "appliance-id",
                                  "applianceId",
                                  "application",
                                  "attack-mode",
                                  "attack-time",
                                  "attackTime",
                                  "channel",
                                  "class",
                                  "cnc-service",
                                  "cnc-services",
                                  "cncService",
                                  "cncServices",
                                  "content",
                                  "cve-id",
                                  "domain",
                                  "downloaded-at",
                                  "dst",
                                  "executed-at",
                                  "explanation",
                                  "host",
                                  "http-header",
                                  "httpHeader",
                                  "id",
                                  "interface",
                                  "ip",
                                  "ips-detected",
                                  "label",
                                  "mac",
                                  "malicious",
                                  "malware",
                                  "malware-detected",
                                  "malwareDetected",
                                  "md5",
                                  "md5Sum",
                                  "md5sum",
                                  "mode",
                                  "msg",
                                  "name",
                                  "note",
                                  "objurl",
                                  "occurred",
                                  "original",
                                  "os-changes",
                                  "osChanges",
                                  "parent",
                                  "port",
                                  "product",
                                  "profile",
                                  "protocol",
                                  "queue-id",
                                  "root-infection",
                                  "rootInfection",
                                  "sc-version",
                                  "scVersion",
                                  "sensor",
                                  "sensor-ip",
                                  "sensorIp",
                                  "service",
                                  "severity",
                                  "sha1",
                                  "sha256",
                                  "sid",
                                  "sig-id",
                                  "sig-name",
                                  "smtp-header",
                                  "smtp-mail-from",
                                  "smtp-message",
                                  "smtp-to",
                                  "smtpMailFrom",
                                  "smtpMessage",
                                  "smtpTo",
                                  "sname",
                                  "src",
                                  "static-analysis",
                                  "stolen-data",
                                  "stype",
                                  "subject",
                                  "target-os",
                                  "type",
                                  "url",
                                  "urls",
                                  "uuid",
                                  "value",
                                  "version",
                                  "vlan",
                                  "xmlns",
                                  "xmlns:xsi"};

constexpr std::size_t spelling_size_max = 16;

/// A text of up to 16 bytes as two numbers; together with its size they are the text.
struct Packed {
    std::uint64_t head;
    std::uint64_t tail;

    friend bool operator==(const Packed&, const Packed&) = default;
};

template <class Word>
Packed ends_of(std::string_view text) {
    Word head = 0;
    Word tail = 0;
    std::memcpy(&head, text.data(), sizeof(Word));
    std::memcpy(&tail, text.data() + text.size() - sizeof(Word), sizeof(Word));
    return {head, tail};
}

Packed packed(std::string_view text) {
    if (text.size() >= sizeof(std::uint64_t)) {
        return ends_of<std::uint64_t>(text);
    }
    if (text.size() >= sizeof(std::uint32_t)) {
        return ends_of<std::uint32_t>(text);
    }
    if (text.size() >= sizeof(std::uint16_t)) {
        return ends_of<std::uint16_t>(text);
    }
    return {text.empty() ? 0U : static_cast<unsigned char>(text.front()), 0};
}

class SpellingTable {
public:
    SpellingTable() {
        for (const std::string_view spelling : spellings) {
            const Packed key = packed(spelling);
            std::size_t at = slot(key, spelling.size());
            while (slots_[at].size != 0) {
                at = (at + 1) % slots_.size();
            }
            slots_[at] = Slot{key, static_cast<std::uint8_t>(spelling.size()), folded_name_of_key(spelling)};
        }
    }

    /// False when the spelling is not in the table.
    bool find(std::string_view text, Name& name) const {
        const Packed key = packed(text);
        for (std::size_t at = slot(key, text.size()); slots_[at].size != 0; at = (at + 1) % slots_.size()) {
            if (slots_[at].size == text.size() && slots_[at].key == key) {
                name = slots_[at].name;
                return true;
            }
        }
        return false;
    }

private:
    struct Slot {
        Packed key;
        std::uint8_t size;  // 0: free
        Name name;
    };

    static std::size_t slot(const Packed& key, std::size_t size) {
        const std::uint64_t mixed = (key.head ^ (key.tail << 7U) ^ size) * 0x9E3779B97F4A7C15U;
        return static_cast<std::size_t>(mixed >> 55U);  // 512 slots
    }

    std::array<Slot, 512> slots_{};
};

const SpellingTable known_spellings;

}  // namespace

Name name_of_key(std::string_view key) {
    Name name = Name::unknown;
    if (!key.empty() && key.size() <= spelling_size_max && known_spellings.find(key, name)) {
        return name;
    }
    return folded_name_of_key(key);
}

}  // namespace bridge::fireeye
