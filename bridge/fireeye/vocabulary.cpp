#include "bridge/fireeye/vocabulary.hpp"

#include <array>
#include <cstddef>

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
    Word{"severity", Name::severity},
    Word{"signame", Name::sig_name},
    Word{"src", Name::src},
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

}  // namespace

Name name_of_key(std::string_view key) {
    if (!key.empty() && key.front() == '@') {
        key.remove_prefix(1);
    }
    std::array<char, folded_size_max> folded;  // its first `size` characters are written below
    std::size_t size = 0;
    std::uint32_t hash = hash_start;
    bool too_long = false;
    for (const char c : key) {
        if (c == '-' || c == '_') {
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
        return Name::unknown;
    }
    const std::string_view wanted(folded.data(), size);
    for (std::size_t at = slot_of(hash); !table[at].folded.empty(); at = (at + 1) % slot_count) {
        if (table[at].folded == wanted) {
            return table[at].name;
        }
    }
    return Name::unknown;
}

}  // namespace bridge::fireeye
