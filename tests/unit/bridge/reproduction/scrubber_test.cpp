#include "bridge/reproduction/scrubber.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "bridge/reproduction/reproduction.hpp"

using namespace bridge::reproduction;
using bridge::domain::AllowRule;
using bridge::domain::Indicator;

namespace {

std::string scrubbed(const std::string& payload, const Rules& rules = {}, Extent extent = Extent::everything) {
    Scrubber scrubber(rules, extent);
    scrubber.learn(payload);
    const auto out = scrubber.scrub(payload);
    REQUIRE(out);
    return *out;
}

/// A callback with `inside` put into the alert, as XML.
std::string xml(const std::string& inside) {
    return R"(<alerts appliance="nx1.corp.test" appliance-id="000BABDDC3B9" product="Web MPS" msg="normal">)"
           R"(<alert id="7" name="malware-callback" severity="crit">)" +
           inside + "</alert></alerts>";
}

const std::string ends = "<src><ip>10.20.30.40</ip><host>pc7.corp.test</host></src><dst><ip>203.0.113.5</ip></dst>";

std::string scrubbed_part(const std::string& inside, const Rules& rules = {}) {
    const std::string out = scrubbed(xml(ends + inside), rules);
    const std::size_t begin = out.find("</dst>") + 6;
    return out.substr(begin, out.find("</alert>") - begin);
}

}  // namespace

TEST_CASE("scrubber: what is the operator's own is replaced, and not a byte besides", "[reproduction][scrubber]") {
    CHECK(
        scrubbed(xml(ends)) ==
        R"(<alerts appliance="host-1.internal-1.example" appliance-id="020000000001" product="Web MPS" msg="normal">)"
        R"(<alert id="7" name="malware-callback" severity="crit"><src><ip>10.0.0.1</ip><host>host-2.internal-1.example</host></src>)"
        R"(<dst><ip>203.0.113.5</ip></dst></alert></alerts>)");
}

TEST_CASE("scrubber: the same victim stays the same victim wherever it is named", "[reproduction][scrubber]") {
    CHECK(scrubbed_part("<channel>GET / HTTP/1.1::~~Host: 203.0.113.5::~~X-Forwarded-For: 10.20.30.40::~~</channel>"
                        "<note>10&#46;20.30.40 is PC7 is pc7.CORP.test, not 10.20.30.41</note>") ==
          "<channel>GET / HTTP/1.1::~~Host: 203.0.113.5::~~X-Forwarded-For: 10.0.0.1::~~</channel>"
          "<note>10.0.0.1 is host-2 is host-2.internal-1.example, not 10.0.0.2</note>");
}

TEST_CASE("scrubber: an address keeps its kind", "[reproduction][scrubber]") {
    CHECK(scrubbed_part(
              "<note>172.20.1.2 192.168.7.8 100.70.1.1 169.254.9.9 fe80::a fd12:3456::1 0.0.0.0 8.8.8.8</note>") ==
          "<note>172.16.0.1 192.168.0.1 100.64.0.1 169.254.0.1 fe80::1 fd00::1 0.0.0.0 8.8.8.8</note>");
}

TEST_CASE("scrubber: a public victim becomes a documentation address that nobody else has",
          "[reproduction][scrubber]") {
    const std::string out = scrubbed(
        R"({"product":"Web MPS","appliance":"52.7.7.7","alert":{"id":1,"name":"malware-callback","severity":"crit","src":{"ip":"52.1.2.3"},"dst":{"ip":"192.0.2.101"}}})");
    CHECK(
        out ==
        R"({"product":"Web MPS","appliance":"192.0.2.102","alert":{"id":1,"name":"malware-callback","severity":"crit","src":{"ip":"192.0.2.103"},"dst":{"ip":"192.0.2.101"}}})");
}

TEST_CASE("scrubber: the site's proxy is the site's, the server behind it is not", "[reproduction][scrubber]") {
    const std::string out = scrubbed(
        R"({"product":"Web MPS","alert":{"id":1,"name":"malware-callback","severity":"crit","src":{"ip":"10.1.1.1"},"dst":{"ip":"52.9.9.9"},"explanation":{"cnc-services":{"cnc-service":{"address":"bad.evil.test","channel":"GET http://bad.evil.test/ HTTP/1.1::~~"}}}}})");
    CHECK(out.find("52.9.9.9") == std::string::npos);
    CHECK(out.find("\"address\":\"bad.evil.test\"") != std::string::npos);
}

TEST_CASE("scrubber: allow-listed indicators are own, and the rules follow them", "[reproduction][scrubber]") {
    Rules rules;
    rules.policy.allow = {AllowRule::parse("52.0.0.0/8").value(), AllowRule::parse("*.partner.test").value(),
                          AllowRule::parse("99.0.0.0/8").value()};
    const std::string payload =
        R"({"product":"Web MPS","alert":{"id":1,"name":"malware-callback","severity":"crit","src":{"ip":"10.1.1.1"},"dst":{"ip":"52.9.9.9"},"explanation":{"cnc-services":{"cnc-service":[{"address":"www.partner.test"},{"address":"evil.test"}]}}}})";
    Scrubber scrubber(rules);
    scrubber.learn(payload);
    const auto out = scrubber.scrub(payload);
    REQUIRE(out);
    CHECK(scrubber.mapped(*Indicator::parse("52.9.9.9")).text() == "192.0.2.101");
    CHECK(scrubber.mapped(*Indicator::parse("www.partner.test")).text() == "host-1.internal-1.example");
    CHECK(scrubber.mapped(*Indicator::parse("evil.test")).text() == "evil.test");
    const Rules mapped = scrubber.mapped_rules();
    REQUIRE(mapped.policy.allow.size() == 2);
    CHECK(mapped.policy.allow[0].text() == "192.0.2.101");
    CHECK(mapped.policy.allow[1].text() == "host-1.internal-1.example");
}

TEST_CASE("scrubber: secrets of HTTP are tokens afterwards", "[reproduction][scrubber]") {
    CHECK(
        scrubbed_part("<http-header>GET / HTTP/1.1\nAuthorization: Basic c2VjcmV0\nCookie: a=b; c=d\nX-Api-Key: k1\n"
                      "Proxy-Authorization: Bearer zzz\nAccept: */*\n\nHTTP/1.1 200 OK\nSet-Cookie: s=1\n</http-header>"
                      "<channel>POST / HTTP/1.1::~~Cookie: a=b; c=d::~~::~~</channel>") ==
        "<http-header>GET / HTTP/1.1\nAuthorization: Basic token-1\nCookie: token-2\nX-Api-Key: token-3\n"
        "Proxy-Authorization: Bearer token-4\nAccept: */*\n\nHTTP/1.1 200 OK\nSet-Cookie: token-5\n</http-header>"
        "<channel>POST / HTTP/1.1::~~Cookie: token-2::~~::~~</channel>");
}

TEST_CASE("scrubber: passwords in URLs, and what tells a receiver by its URL", "[reproduction][scrubber]") {
    CHECK(scrubbed_part(
              "<url>ftp://bob:hunter2@evil.test/x?sessionid=abc&amp;page=2</url>"
              "<alert-url>https://nx1.corp.test/event_stream/a1b2c3d4e5f6a7b8c9/x?ev_id=7&amp;t=s3cr3t</alert-url>") ==
          "<url>ftp://user-1:token-1@evil.test/x?sessionid=token-2&amp;page=2</url>"
          "<alert-url>https://host-1.internal-1.example/event_stream/token-4/x?ev_id=7&amp;t=token-3</alert-url>");
}

TEST_CASE("scrubber: people in paths, mails and file names", "[reproduction][scrubber]") {
    CHECK(scrubbed_part(R"(<original>C:\Users\jdoe\Downloads\cv_jdoe.exe</original><user>CORP\asmith</user>)"
                        R"(<note>jdoe@corp.test wrote to asmith@other.test</note>)") ==
          R"(<original>C:\Users\user-1\Downloads\cv_user-1.exe</original><user>host-3\user-2</user>)"
          R"(<note>user-1@internal-1.example wrote to user-2@other.test</note>)");
}

TEST_CASE("scrubber: mail of EX loses names, subject and the recipients' domain", "[reproduction][scrubber]") {
    CHECK(
        scrubbed(
            R"({"product":"Email MPS","appliance":"ex1","alert":{"id":9,"name":"malware-object","severity":"majr","src":{"smtp-mail-from":"bad@evil.test"},"dst":{"smtp-to":"\"Jane Doe\" <jane@corp.test>, joe@corp.test"},"smtp-message":{"subject":"Re: our merger"}}})") ==
        R"({"product":"Email MPS","appliance":"host-1","alert":{"id":9,"name":"malware-object","severity":"majr","src":{"smtp-mail-from":"user-1@evil.test"},"dst":{"smtp-to":"\"user-2\" <user-3@internal-1.example>, user-4@internal-1.example"},"smtp-message":{"subject":"subject-1"}}})");
}

TEST_CASE("scrubber: the vendor's words and its test hosts stay", "[reproduction][scrubber]") {
    const std::string payload =
        R"({"product":"CMS","version":"10.0.0.1","appliance":"CMS","alert":{"id":5,"uuid":"aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb","name":"web-infection","severity":"minr","src":{"host":"victim.fe-notify-examples.com"},"dst":{"ip":"203.0.113.9"},"explanation":{"malware-detected":{"malware":{"name":"FireEyeTestEvent-SIG","md5sum":"00112233445566778899aabbccddeeff"}}}}})";
    std::string wanted = payload;
    wanted.replace(wanted.find("\"appliance\":\"CMS\""), 17, "\"appliance\":\"host-1\"");
    CHECK(scrubbed(payload) == wanted);
}

TEST_CASE("scrubber: JSON's escapes are seen through and kept around", "[reproduction][scrubber]") {
    CHECK(
        scrubbed(
            R"({"alert":{"id":1,"name":"malware-callback","alert-url":"https:\/\/nx1\u002ecorp.test\/a?x_id=1","src":{"ip":"10\u002e9.9.9"},"note":"C:\\\\Users\\\\jdoe\\\\x \u00e4 10.9.9.9"}})") ==
        R"({"alert":{"id":1,"name":"malware-callback","alert-url":"https:\/\/host-1.internal-1.example\/a?x_id=1","src":{"ip":"10.0.0.1"},"note":"C:\\\\Users\\\\user-1\\\\x \u00e4 10.0.0.1"}})");
}

TEST_CASE("scrubber: two payloads share their replacements", "[reproduction][scrubber]") {
    Scrubber scrubber({});
    const std::string first = xml(ends);
    const std::string second = xml("<src><ip>10.20.30.99</ip><host>pc8</host></src><note>pc7 10.20.30.40</note>");
    scrubber.learn(first);
    scrubber.learn(second);
    REQUIRE(scrubber.scrub(first));
    const auto out = scrubber.scrub(second);
    REQUIRE(out);
    CHECK(out->find("<ip>10.0.0.2</ip><host>host-3</host>") != std::string::npos);
    CHECK(out->find("<note>host-2 10.0.0.1</note>") != std::string::npos);
}

TEST_CASE("scrubber: names may be kept, secrets never", "[reproduction][scrubber]") {
    const std::string payload = xml(ends + "<channel>GET / HTTP/1.1::~~Cookie: abc::~~</channel>");
    std::string wanted = payload;
    wanted.replace(wanted.find("abc"), 3, "token-1");
    CHECK(scrubbed(payload, {}, Extent::secrets_only) == wanted);
}

TEST_CASE("scrubber: an attacker's name is not touched by words that are own", "[reproduction][scrubber]") {
    const std::string out = scrubbed(
        R"({"product":"Web MPS","alert":{"id":1,"name":"malware-callback","severity":"crit","src":{"ip":"10.1.1.1","host":"evil"},"dst":{"ip":"203.0.113.9"},"explanation":{"cnc-services":{"cnc-service":{"address":"evil.test","channel":"GET / HTTP/1.1::~~Host: evil.test::~~User: evil::~~"}}}}})");
    CHECK(out.find("\"address\":\"evil.test\"") != std::string::npos);
    CHECK(out.find("Host: evil.test::~~User: host-1::~~") != std::string::npos);
}

TEST_CASE("scrubber: payloads of others are decided as they were, scrubbed once or twice", "[reproduction][scrubber]") {
    const std::filesystem::path folder = SHARED_PAYLOADS;
    if (!std::filesystem::is_directory(folder)) {
        WARN("no payloads at " << folder);
        return;
    }
    std::vector<Original> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".md") {
            continue;
        }
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string payload{std::istreambuf_iterator<char>(in), {}};
        INFO(entry.path());
        const Original original{"one", payload, "a test"};
        const auto made = reproduce({original}, {}, Scrubbing::everything);
        if (!made) {
            FAIL(made.error().reason);
        }
        CHECK(made->front().payload != payload);
    }
}
