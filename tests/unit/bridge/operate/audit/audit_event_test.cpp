#include "bridge/operate/audit/audit_event.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "temporary_folder.hpp"

using namespace bridge::operate;
using bridge::domain::WallTime;
using namespace std::chrono_literals;

namespace {

AuditEvent event() {
    AuditEvent made;
    made.kind = AuditKind::enforced;
    made.at = WallTime(std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}) + 10h + 7ms;
    made.sequence = 42;
    made.fields = {{"target", std::string("hq")},
                   {"indicator", std::string("203.0.113.5")},
                   {"seconds", 2.5},
                   {"blockable", std::vector<std::string>{"a", "b"}}};
    made.text = "malware-callback 2001 from nx1";
    return made;
}

const SyslogOrigin origin{16, "bridge1", "1234"};

}  // namespace

TEST_CASE("an event is one line of JSON with its fields in order") {
    CHECK(
        json_line(event()) ==
        R"({"time":"2026-05-01T10:00:00.007Z","event":"enforced","severity":"notice","sequence":42,"target":"hq",)"
        R"("indicator":"203.0.113.5","seconds":2.500,"blockable":["a","b"],"text":"malware-callback 2001 from nx1"})");
}

TEST_CASE("an event is a message of RFC 5424 with the same fields as structured data") {
    CHECK(syslog_message(event(), origin) ==
          "<133>1 2026-05-01T10:00:00.007Z bridge1 firebreak-bridge 1234 enforced [firebreak@32473 sequence=\"42\" "
          "target=\"hq\" indicator=\"203.0.113.5\" seconds=\"2.500\" blockable=\"a, b\"] "
          "\xEF\xBB\xBFmalware-callback 2001 from nx1");
}

TEST_CASE("what an outsider wrote ends neither a line nor a parameter") {
    AuditEvent made = event();
    made.fields = {{"alert", std::string("x\"] <34>1 forged\n\\")}};
    made.text = "a\nb";
    const std::string json = json_line(made);
    CHECK(json.find('\n') == std::string::npos);
    CHECK(boost::json::parse(json).at("alert").as_string() == "x\"] <34>1 forged\\x0a\\");
    const std::string message = syslog_message(made, origin);
    CHECK(message.find('\n') == std::string::npos);
    CHECK_THAT(message, Catch::Contains(R"(alert="x\"\] <34>1 forged\\x0a\\")"));
}

TEST_CASE("a message is at most 2048 bytes, its structured data whole, and its last character too") {
    AuditEvent made = event();
    made.fields.clear();
    for (int i = 0; i < 3; ++i) {
        made.fields.emplace_back("reason", std::string(900, 'x'));
    }
    made.text = std::string(990, 'y') + "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9";
    const std::string message = syslog_message(made, origin);
    CHECK(message.size() <= 2048);
    CHECK_THAT(message, Catch::Contains("x\"] \xEF\xBB\xBFyy"));
    CHECK(boost::json::parse(json_line(made)).at("text").as_string().size() <= 1006);
}

TEST_CASE("an origin that is not known is a dash") {
    CHECK_THAT(syslog_message(event(), {3, "", ""}),
               Catch::StartsWith("<29>1 2026-05-01T10:00:00.007Z - firebreak-bridge - "));
}

TEST_CASE("each event has a name of its own, a severity, and a line in the docs") {
    std::ifstream in(FIREBREAK_SOURCE_DIR "/docs/bridge.md");
    const std::string docs{std::istreambuf_iterator<char>(in), {}};
    std::set<std::string_view> names;
    for (int i = 0; i < audit_kinds; ++i) {
        const AuditKindFacts facts = facts_of(static_cast<AuditKind>(i));
        CHECK(names.insert(facts.name).second);
        CHECK(facts.severity >= 3);
        CHECK(facts.severity <= 6);
        CHECK_THAT(docs, Catch::Contains("| `" + std::string(facts.name) + "` |"));
    }
}
