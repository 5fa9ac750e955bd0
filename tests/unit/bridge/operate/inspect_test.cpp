#include "bridge/operate/inspect.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

namespace {

using Set = std::set<std::string>;

struct Row {
    Set attackers;
    Set blockable;
    Set victims;
};

Set texts(const boost::json::value& list) {
    Set all;
    for (const auto& one : list.as_array()) {
        all.insert(std::string(one.as_string()));
    }
    return all;
}

/// Every line of inspect's output, by alert id.
std::map<std::string, Row> inspect(const std::string& file, int& exit_code) {
    std::ostringstream out;
    exit_code = bridge::operate::inspect({file}, {}, {}, out);
    std::map<std::string, Row> rows;
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);) {
        const boost::json::value row = boost::json::parse(line);
        if (row.as_object().contains("error")) {
            continue;
        }
        rows[std::string(row.at("alert_id").as_string())] = {texts(row.at("attackers")), texts(row.at("blockable")),
                                                             texts(row.at("victims"))};
    }
    return rows;
}

}  // namespace

TEST_CASE("a file that is no notification gives an error line and exit code 1, and the others are read all the same") {
    std::ostringstream out;
    CHECK(bridge::operate::inspect({"/nonexistent/a", FIREBREAK_SOURCE_DIR "/LICENSE"}, {}, {}, out) == 1);
    const std::string text = out.str();
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK_THAT(text, Catch::StartsWith("{\"file\":\"/nonexistent/a\",\"error\":"));
}

TEST_CASE("real public payloads yield what their table says") {
    const std::filesystem::path folder = FIREBREAK_SOURCE_DIR "/../shared/payloads/fireeye";
    if (!std::filesystem::exists(folder)) {
        WARN("no collection of public payloads beside the checkout: nothing compared");
        return;
    }
    struct Expected {
        const char* file;
        const char* id;
        Row row;
    };
    const std::vector<Expected> table{
        {"nx-6.2-malware-object-normal.xml", "1694304", {{"222.222.222.222"}, {"222.222.222.222"}, {"10.10.20.30"}}},
        {"nx-7.7-malware-object-extended.json",
         "12345678",
         {{"198.50.234.211", "80.96.150.201", "1.179.170.7", "10.1.2.4"},
          {"198.50.234.211", "80.96.150.201", "1.179.170.7"},
          {"10.1.2.3"}}},
        {"ax-7.7-malware-object-concise.json", "146658", {}},
        {"cms-9.0-ips-event-normal.json", "11111", {{"10.1.1.29"}, {}, {"10.1.1.28"}}},
        {"hx-5.0-indicator-executed-normal.json", "7536719", {{}, {}, {"10.42.100.7"}}},
        {"nx-9.0-domain-match-rest-concise-15-alerts.json", "8523", {{}, {}, {"192.168.1.95"}}},
        {"cms-9.0-malware-callback-rest-concise.json", "35013", {{"3.3.3.3"}, {"3.3.3.3"}, {"2.2.2.2"}}},
        {"cms-9.0-email-malware-object-rest-concise.json", "563", {}},
        {"ex-9.0-malware-object-rest-concise-5-alerts.json", "5", {}},
        {"ex-11.0-mixed-rest-concise.json", "311", {}},
        {"ex-11.0-riskware-object-rest-alerts-envelope.json", "299", {}},
        {"ex-11.0-malware-object-rest-concise-blocked.json", "129", {}},
    };
    for (const Expected& expected : table) {
        INFO(expected.file);
        int exit_code = -1;
        const auto rows = inspect((folder / expected.file).string(), exit_code);
        CHECK(exit_code == 0);
        REQUIRE(rows.contains(expected.id));
        const Row& row = rows.at(expected.id);
        CHECK(row.attackers == expected.row.attackers);
        CHECK(row.blockable == expected.row.blockable);
        CHECK(row.victims == expected.row.victims);
    }
}
