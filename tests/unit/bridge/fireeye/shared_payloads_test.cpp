#include <catch2/catch.hpp>

#include <map>

#include "notifications.hpp"

using namespace notifications;

namespace {

struct Expected {
    std::string format;
    Texts ids;
    std::string type_name;
    Texts attackers;
    Texts unobjected;
    Texts victims;
};

/// The table of what a correct parser finds, one row per published payload.
const std::map<std::string, Expected>& table() {
    static const std::map<std::string, Expected> rows = {
        {"nx-6.2-malware-object-normal.xml",
         {"xml-normal", {"1694304"}, "malware-object", {"222.222.222.222"}, {"222.222.222.222"}, {"10.10.20.30"}}},
        {"nx-7.7-malware-object-extended.json",
         {"json-extended",
          {"12345678"},
          "malware-object",
          {"198.50.234.211", "80.96.150.201", "1.179.170.7", "10.1.2.4"},
          {"198.50.234.211", "80.96.150.201", "1.179.170.7"},
          {"10.1.2.3"}}},
        {"ax-7.7-malware-object-concise.json", {"json-concise", {"146658"}, "malware-object", {}, {}, {}}},
        {"cms-9.0-ips-event-normal.json",
         {"json-normal", {"11111"}, "ips-event", {"10.1.1.29"}, {"10.1.1.29"}, {"10.1.1.28"}}},
        {"hx-5.0-indicator-executed-normal.json",
         {"hx-json", {"7536719"}, "indicator-executed", {}, {}, {"10.42.100.7"}}},
        {"nx-9.0-domain-match-rest-concise-15-alerts.json",
         {"rest-concise",
          {"8509", "8510", "8511", "8512", "8513", "8514", "8515", "8516", "8517", "8518", "8519", "8520", "8521",
           "8522", "8523"},
          "domain-match",
          {},
          {},
          {"192.168.1.95"}}},
        {"cms-9.0-malware-callback-rest-concise.json",
         {"rest-concise", {"35011", "35013"}, "malware-callback", {"3.3.3.3"}, {"3.3.3.3"}, {"2.2.2.2"}}},
        {"cms-9.0-email-malware-object-rest-concise.json", {"rest-concise", {"563"}, "malware-object", {}, {}, {}}},
        {"ex-9.0-malware-object-rest-concise-5-alerts.json",
         {"rest-concise", {"1", "2", "3", "4", "5"}, "malware-object", {}, {}, {}}},
        {"ex-11.0-mixed-rest-concise.json", {"rest-concise", {"303", "300", "311"}, "", {}, {}, {}}},
        {"ex-11.0-riskware-object-rest-alerts-envelope.json", {"rest", {"298", "299"}, "riskware-object", {}, {}, {}}},
        {"ex-11.0-malware-object-rest-concise-blocked.json", {"rest-concise", {"129"}, "malware-object", {}, {}, {}}},
    };
    return rows;
}

}  // namespace

TEST_CASE("every published payload yields the attackers, victims and names of its table", "[bridge][fireeye]") {
    const auto files = payload_files(SHARED_PAYLOADS);
    if (files.empty()) {
        WARN("the published payloads are not beside the project; nothing was compared");
        return;
    }
    for (const auto& path : files) {
        INFO(path.filename().string());
        const auto row = table().find(path.filename().string());
        if (row == table().end()) {
            WARN("no row for " << path.filename().string());
            continue;
        }
        const Expected& expected = row->second;
        const auto notification = read(file(path));
        REQUIRE(notification.has_value());
        CHECK(notification->format == expected.format);
        CHECK(notification->rejected.empty());
        Texts ids;
        for (const auto& alert : notification->alerts) {
            ids.push_back(alert.id);
            if (!expected.type_name.empty()) {
                CHECK(alert.type_name == expected.type_name);
            }
            CHECK(attackers(alert) == expected.attackers);
            CHECK(unobjected(alert) == expected.unobjected);
            CHECK(alert.victims == expected.victims);
            CHECK(domains(alert).empty());
        }
        CHECK(ids == expected.ids);
    }
}
