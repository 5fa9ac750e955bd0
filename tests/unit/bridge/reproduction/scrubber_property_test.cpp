// Goal: whatever an alert holds and in whatever dialect, nothing of ours is left in it, and it is decided as it was.
// Method: incidents made from seeds, with names and addresses that are ours put into every text that takes them,
// written as XML, JSON, legacy JSON, REST and text, with escapes that nobody needs.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "bridge/fireeye/notification_reader.hpp"
#include "bridge/reproduction/leaf.hpp"
#include "bridge/reproduction/reproduction.hpp"
#include "bridge/reproduction/text_scan.hpp"

using namespace bridge::reproduction;
using bridge::domain::AllowRule;

namespace {

constexpr int seeds = 150;

class Chance {
public:
    explicit Chance(int seed) : engine_(static_cast<std::uint32_t>(seed)) {}
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    bool often() { return below(4) != 0; }
    template <class T>
    const T& of(const std::vector<T>& all) {
        return all[below(all.size())];
    }
    std::string word(std::size_t length) {
        std::string out;
        for (std::size_t i = 0; i < length; ++i) {
            out += static_cast<char>('a' + static_cast<char>(below(26)));
        }
        return out;
    }

private:
    std::mt19937 engine_;
};

/// What must not be found afterwards, and what must.
struct Incident {
    std::vector<std::string> ours;
    std::vector<std::string> attackers;
    std::string type;
    std::string appliance, appliance_id, host, victim, attacker, cnc, user, mail, token, mac, url;
    std::vector<std::string> texts;  // free texts that hold all of it
};

std::string own_address(Chance& chance) {
    switch (chance.below(6)) {
        case 0:
            return fmt::format("10.{}.{}.{}", 20 + chance.below(200), chance.below(256), 20 + chance.below(200));
        case 1:
            return fmt::format("172.{}.{}.{}", 17 + chance.below(15), 20 + chance.below(200), 20 + chance.below(200));
        case 2:
            return fmt::format("192.168.{}.{}", 20 + chance.below(200), 20 + chance.below(200));
        case 3:
            return fmt::format("52.{}.{}.{}", 20 + chance.below(200), chance.below(256), 20 + chance.below(200));
        case 4:
            return fmt::format("fd{:02x}:{:x}::{:x}", 0x20 + chance.below(0x90), 0x1111 + chance.below(0x8000),
                               0x1000 + chance.below(0x8000));
        default:
            return fmt::format("2a02:{:x}::{:x}", 0x1111 + chance.below(0x8000), 0x1000 + chance.below(0x8000));
    }
}

std::string foreign_address(Chance& chance) {
    return chance.often() ? fmt::format("{}.{}.{}.{}", chance.of<int>({185, 93, 203, 45}), chance.below(256),
                                        chance.below(256), 1 + chance.below(254))
                          : fmt::format("2001:470:{:x}::{:x}", 1 + chance.below(0xffff), 1 + chance.below(0xffff));
}

Incident incident(Chance& chance) {
    Incident it;
    it.type = chance.of<std::string>({"malware-callback", "malware-object", "web-infection", "infection-match",
                                      "domain-match", "ips-event", "smartvision-event", "riskware-callback"});
    const std::string domain = chance.word(6) + chance.of<std::string>({".corp.test", ".local", ".intra.net"});
    it.appliance = "fe" + chance.word(4) + "." + domain;
    it.appliance_id = fmt::format("00{:02X}{:02X}{:02X}{:02X}{:02X}", 0xa0 + chance.below(0x5f), chance.below(256),
                                  0xa0 + chance.below(0x5f), chance.below(256), chance.below(256));
    it.host = "pc" + chance.word(5) + "7." + domain;
    it.victim = own_address(chance);
    it.attacker = foreign_address(chance);
    it.cnc = chance.often() ? chance.word(7) + ".evil.test" : foreign_address(chance);
    it.user = "u" + chance.word(6);
    it.mail = chance.word(7) + "@" + domain;
    it.token = chance.word(10) + "77" + chance.word(10);
    it.mac = fmt::format("00:0c:29:{:02x}:{:02x}:{:02x}", 0xa0 + chance.below(0x5f), chance.below(256),
                         0xa0 + chance.below(0x5f));
    const std::string second = "10.99." + std::to_string(20 + chance.below(200)) + ".77";
    it.url = fmt::format("https://{}/event_stream/{}/x?ev_id=77&t={}", it.appliance, it.token, it.token);
    it.ours = {it.appliance, it.host, it.victim, it.user,         it.mail.substr(0, it.mail.find('@')), domain,
               it.token,     it.mac,  second,    it.appliance_id, it.host.substr(0, it.host.find('.'))};
    it.attackers = {it.cnc};
    it.texts = {
        fmt::format(
            "GET /{}/x?u={} HTTP/1.1::~~Host: {}::~~Cookie: s={}::~~X-Forwarded-For: {}, {}::~~::~~h\\232\\002::~~",
            it.user, chance.word(3), it.attacker, it.token, it.victim, second),
        fmt::format("POST /a HTTP/1.1\nHost: {}\nAuthorization: Bearer {}\nReferer: http://{}/p\nFrom: {}\n\n", it.cnc,
                    it.token, it.host, it.mail),
        fmt::format("C:\\Users\\{}\\Desktop\\{}_cv.exe of {} [{}] <{}> {}", it.user, it.user, it.host, it.victim,
                    it.mail, it.mac),
        fmt::format("ftp://{}:{}@{}/x \"quoted\" & <tags> \t {}", it.user, it.token, it.cnc, it.host),
    };
    return it;
}

/// As XML takes a text, now and then with an entity that nobody needs.
std::string xml_text(const std::string& text, Chance& chance) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += chance.below(40) == 0 && (c == '.' || c == '@' || (c >= 'a' && c <= 'z'))
                           ? fmt::format("&#{};", static_cast<int>(c))
                           : std::string(1, c);
        }
    }
    return out;
}

std::string json_text(const std::string& text, Chance& chance) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '/' && chance.below(2) == 0) {
            out += "\\/";
        } else if (chance.below(40) == 0) {
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string as_xml(const Incident& it, Chance& chance) {
    const auto t = [&](const std::string& text) { return xml_text(text, chance); };
    return fmt::format(
        "<?xml version=\"1.0\"?>\n<alerts appliance=\"{}\" appliance-id=\"{}\" product=\"Web MPS\" msg=\"normal\" "
        "xmlns=\"http://www.fireeye.com/alert/2011/AlertSchema\"><alert id=\"77\" name=\"{}\" severity=\"crit\">"
        "<explanation><malware-detected><malware name=\"Trojan.X\"><original>{}</original><http-header>{}</http-header>"
        "<note><![CDATA[{}]]></note></malware></malware-detected><cnc-services><cnc-service "
        "port=\"80\"><address>{}</address>"
        "<channel>{}</channel></cnc-service></cnc-services></explanation><src><ip>{}</ip><host>{}</host><mac>{}</mac></"
        "src>"
        "<dst><ip>{}</ip></dst><alert-url>{}</alert-url></alert></alerts>",
        t(it.appliance), it.appliance_id, it.type, t(it.texts[2]), t(it.texts[1]), it.texts[3], t(it.cnc),
        t(it.texts[0]), t(it.victim), t(it.host), it.mac, t(it.attacker), t(it.url));
}

/// `key` turns the name of a field into the dialect's.
template <class Key>
std::string as_json(const Incident& it, Chance& chance, Key key, bool list) {
    const auto t = [&](const std::string& text) { return json_text(text, chance); };
    const std::string alert = fmt::format(
        R"({{"{}":"77","{}":"{}","{}":"crit","explanation":{{"{}":{{"malware":{{"{}":"Trojan.X","original":{},"{}":{},"note":{}}}}},)"
        R"("{}":{{"{}":[{{"address":{},"channel":{}}}]}}}},"src":{{"ip":{},"host":{},"mac":{}}},"dst":{{"ip":{}}},"{}":{}}})",
        key("id"), key("name"), it.type, key("severity"), key("malware-detected"), key("name"), t(it.texts[2]),
        key("http-header"), t(it.texts[1]), t(it.texts[3]), key("cnc-services"), key("cnc-service"), t(it.cnc),
        t(it.texts[0]), t(it.victim), t(it.host), t(it.mac), t(it.attacker), key("alert-url"), t(it.url));
    return fmt::format(R"({{"product":"Web MPS","appliance":{},"{}":{},"alert":{}{}{}}})", t(it.appliance),
                       key("appliance-id"), t(it.appliance_id), list ? "[" : "", alert, list ? "]" : "");
}

std::string as_text(const Incident& it) {
    return fmt::format(
        "msg: concise\nproduct: Web MPS\nappliance: {}\nappliance-id: {}\nalert (id:77, name:{}):\n  severity: crit\n  "
        "src:\n"
        "    ip: {}\n    host: {}\n    mac: {}\n  dst:\n    ip: {}\n  cnc: {}\n  note: {}\n  alert-url: {}\n",
        it.appliance, it.appliance_id, it.type, it.victim, it.host, it.mac, it.attacker, it.cnc, it.texts[2], it.url);
}

std::string camel(const std::string& name) {
    std::string out;
    bool up = false;
    for (const char c : name) {
        if (c == '-') {
            up = true;
        } else {
            out += up ? static_cast<char>(c - 'a' + 'A') : c;
            up = false;
        }
    }
    return out;
}

std::string victim_first(const Incident& it, int dialect, Chance& chance) {
    switch (dialect) {
        case 0:
            return as_xml(it, chance);
        case 1:
            return as_json(
                it, chance, [](const std::string& name) { return name; }, chance.often());
        case 2:
            return as_json(
                it, chance,
                [](const std::string& name) {
                    return name == "id" || name == "name" || name == "severity" ? "@" + name : name;
                },
                false);
        case 3:
            return as_json(it, chance, camel, true);
        default:
            return as_text(it);
    }
}

/// An ips-event has the attacker as its source.
std::string payload(const Incident& it, int dialect, Chance& chance) {
    std::string out = victim_first(it, dialect, chance);
    if (it.type == "ips-event") {
        for (std::size_t at = 0; at + 3 <= out.size(); ++at) {
            const std::string_view word = std::string_view(out).substr(at, 3);
            const bool field =
                at > 0 && (out[at - 1] == '"' || out[at - 1] == '<' || out[at - 1] == '/' || out[at - 1] == ' ');
            if (field && (word == "src" || word == "dst")) {
                out.replace(at, 3, word == "src" ? "dst" : "src");
            }
        }
    }
    return out;
}

/// All that a reader could see: the bytes, and every text without its escapes, in lower case.
std::string seen(const std::string& payload) {
    std::string all = lower_case(payload);
    for_each_leaf(payload, [&](const Leaf& leaf) { all += "\n" + lower_case(leaf.text); });
    return all;
}

}  // namespace

TEST_CASE("scrubbing: nothing of ours is left, attackers are, and the decision is the same",
          "[reproduction][property]") {
    Rules rules;
    rules.policy.allow = {AllowRule::parse("52.0.0.0/8").value()};
    for (int seed = 1; seed <= seeds; ++seed) {
        for (int dialect = 0; dialect < 5; ++dialect) {
            Chance chance(seed * 10 + dialect);
            const Incident it = incident(chance);
            const std::string before = payload(it, dialect, chance);
            INFO("seed " << seed << " dialect " << dialect << "\n" << before);
            const auto made = reproduce({{"one", before, "a test"}}, rules, Scrubbing::everything);
            if (!made) {
                FAIL(made.error().reason);
            }
            const std::string after = made->front().payload;
            INFO(after);
            const std::string all = seen(after) + lower_case(made->front().scenario);
            for (const std::string& ours : it.ours) {
                INFO(ours);
                REQUIRE(all.find(lower_case(ours)) == std::string::npos);
            }
            for (const std::string& attacker : it.attackers) {
                INFO(attacker);
                REQUIRE(all.find(attacker) != std::string::npos);
            }
            const auto read = bridge::fireeye::read_notification(after, {});
            REQUIRE(read);
            REQUIRE(read->alerts.size() == (dialect == 4 ? 0U : 1U));
        }
    }
}

TEST_CASE("scrubbing: what is scrubbed once is not changed by scrubbing it again", "[reproduction][property]") {
    for (int seed = 1; seed <= seeds; ++seed) {
        Chance chance(seed);
        std::vector<Original> originals;
        for (std::size_t i = 0; i < 3; ++i) {
            originals.push_back({fmt::format("n{}", i),
                                 payload(incident(chance), static_cast<int>(chance.below(5)), chance), "a test"});
        }
        INFO("seed " << seed);
        auto once = reproduce(originals, {}, Scrubbing::everything);
        REQUIRE(once);
        for (std::size_t i = 0; i < originals.size(); ++i) {
            originals[i].payload = (*once)[i].payload;
        }
        const auto twice = reproduce(originals, {}, Scrubbing::everything);
        REQUIRE(twice);
        for (std::size_t i = 0; i < originals.size(); ++i) {
            REQUIRE((*twice)[i].payload == (*once)[i].payload);
        }
    }
}

TEST_CASE("scrubbing: damaged payloads end in a value, and no crash", "[reproduction][property]") {
    for (int seed = 1; seed <= seeds; ++seed) {
        Chance chance(seed);
        std::string body = payload(incident(chance), static_cast<int>(chance.below(5)), chance);
        for (std::size_t hits = chance.below(6); hits > 0; --hits) {
            body[chance.below(body.size())] = static_cast<char>(chance.below(256));
        }
        body.resize(chance.often() ? body.size() : chance.below(body.size()));
        Scrubber scrubber({});
        scrubber.learn(body);
        const auto once = scrubber.scrub(body);
        REQUIRE(once);
    }
}

TEST_CASE(
    "scrubbing: texts that look like ours and like replacements, anywhere, change neither decision nor fixed point",
    "[reproduction][property]") {
    const std::vector<std::string> pieces{"host-2",
                                          "user-1",
                                          "user-2@internal-3.example",
                                          "token-1",
                                          "internal-2.example",
                                          "host-9.internal-1.example",
                                          "10.0.0.2",
                                          "10.0.0.1:443",
                                          "192.0.2.102",
                                          "fd00::1",
                                          "02:00:00:00:00:02",
                                          "020000000003",
                                          "subject-1",
                                          "C:\\Users\\user-2\\x",
                                          "\\\\host-1\\share",
                                          "Cookie: token-2::~~",
                                          "::~~",
                                          "Authorization: Basic token-9\n",
                                          "x.local",
                                          "a@b.local",
                                          "ftp://user-3:token-4@h.local/",
                                          "?password=token-3&",
                                          "2001:db8::1",
                                          "127.0.0.1",
                                          "5.0.0.10.in-addr.arpa",
                                          "010.0.0.9",
                                          "::ffff:10.0.0.3",
                                          "From: A B <user-1@c.test>, D <d@e.test>\n",
                                          "appliance-1"};
    for (int seed = 1; seed <= seeds * 3; ++seed) {
        Chance chance(seed);
        Incident it = incident(chance);
        for (std::string& text : it.texts) {
            for (std::size_t count = chance.below(5); count > 0; --count) {
                const std::size_t at = text.find(' ', chance.below(text.size()));
                text.insert(at == std::string::npos ? text.size() : at, " " + chance.of(pieces) + " ");
            }
        }
        if (chance.below(3) == 0) {
            it.host = chance.of<std::string>({"host-2", "host-1.internal-1.example", "10.0.0.7", "localhost", "user-1",
                                              "x.local", "Bob's PC", "a", "internal-1.example"});
        }
        if (chance.below(3) == 0) {
            it.appliance = chance.of<std::string>({"host-1", "192.0.2.101", "CMS", "10.0.0.1", "evil.test", "user-2",
                                                   "host-3.internal-2.example", "fe.co.uk"});
        }
        if (chance.below(4) == 0) {
            it.victim = chance.of<std::string>({"10.0.0.2", "192.0.2.101", "203.0.113.77", "0.0.0.0", "::1",
                                                "224.0.0.9", "64:ff9b::a00:5", "192.0.2.200"});
        }
        if (chance.below(4) == 0) {
            it.attacker = chance.of<std::string>({"192.0.2.101", "192.0.2.102", "10.0.0.1", "2001:db8::1", "8.8.8.8"});
        }
        if (chance.below(4) == 0) {
            it.cnc = chance.of<std::string>({"host-1.internal-1.example", "x.local", "192.0.2.103", it.victim,
                                             "evil.test", "internal-2.example", "fe-notify-examples.com"});
        }
        const std::string before = payload(it, static_cast<int>(chance.below(5)), chance);
        INFO("seed " << seed << "\n" << before);
        const auto made = reproduce({{"one", before, "a test"}}, {}, Scrubbing::everything);
        if (!made) {
            Scrubber once({});
            once.learn(before);
            const auto first = once.scrub(before).value();
            Scrubber again({});
            again.learn(first);
            INFO("ONCE  " << first << "\nTWICE " << again.scrub(first).value());
            FAIL_CHECK(made.error().reason);
        }
    }
}
