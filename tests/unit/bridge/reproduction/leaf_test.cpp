#include "bridge/reproduction/leaf.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace bridge::reproduction;

namespace {

/// "within/name=text" of every leaf.
std::vector<std::string> leaves(std::string_view payload) {
    std::vector<std::string> all;
    for_each_leaf(payload, [&](const Leaf& leaf) {
        all.push_back(std::string(leaf.within) + "/" + std::string(leaf.name) + "=" + std::string(leaf.text));
    });
    return all;
}

/// The payload with each leaf put together from the places that it says its bytes have.
std::string raw_of(std::string_view payload, std::string_view text) {
    std::string raw;
    for_each_leaf(payload, [&](const Leaf& leaf) {
        if (const auto at = leaf.text.find(text); at != std::string_view::npos) {
            const std::size_t begin = leaf.raw_at(at);
            raw = payload.substr(begin, leaf.raw_at(at + text.size()) - begin);
        }
    });
    return raw;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("leaf: attributes, elements and CDATA of XML are texts of their fields", "[reproduction][leaf]") {
    CHECK(leaves(R"(<?xml version="1.0"?><alerts appliance='nx1' xmlns="urn:x"><alert id="7"><src><ip>10.0.0.5</ip>
</src><x:alert-url>a&amp;b</x:alert-url><note><![CDATA[<c>]]></note></alert></alerts>)") ==
          Texts{"alerts/appliance=nx1", "alert/id=7", "src/ip=10.0.0.5", "alert/alerturl=a&b", "alert/note=<c>"});
}

TEST_CASE("leaf: JSON strings are texts of their keys, in whatever dialect", "[reproduction][leaf]") {
    CHECK(leaves(R"({"appliance":"nx1","alert":[{"@id":7,"src":{"ip":{"value":"10.0.0.5"}},"cncServices":{"cncService":
[{"address":"a\u002eb\/c"}]},"urls":["u","v"]}]})") ==
          Texts{"/appliance=nx1", "src/ip=10.0.0.5", "cncservice/address=a.b/c", "alert/urls=u", "alert/urls=v"});
}

TEST_CASE("leaf: lines of a text format are texts of their keys", "[reproduction][leaf]") {
    CHECK(leaves("msg: concise\nalert (id:7, name:x):\n  src:\n    ip: 10.0.0.5\r\n") ==
          Texts{"/msg=concise", "alert/=alert (id:7, name:x):", "src/ip=10.0.0.5"});
}

TEST_CASE("leaf: a text knows where it stands, escapes and all", "[reproduction][leaf]") {
    CHECK(raw_of(R"({"a":"x10\u002e0.0\u002E5y"})", "10.0.0.5") == R"(10\u002e0.0\u002E5)");
    CHECK(raw_of("<a>x10&#46;0.0&#x2e;5</a>", "10.0.0.5") == "10&#46;0.0&#x2e;5");
    CHECK(raw_of("{\"a\":\"\xF0\x9F\x98\x80 \\ud83d\\ude00 pc7\"}", "pc7") == "pc7");
}

TEST_CASE("leaf: what does not follow its syntax is a text all the same", "[reproduction][leaf]") {
    for (const std::string payload : {"",
                                      "{",
                                      "<",
                                      "{\"a",
                                      "{\"a\":\"b",
                                      "<a",
                                      "<a b",
                                      "<a b=",
                                      "<a b='",
                                      "<!",
                                      "<![CDATA[",
                                      "<!--",
                                      "</",
                                      "]]}}",
                                      "<a>&",
                                      "<a>&#",
                                      "{\"a\":\"\\",
                                      "{\"a\":\"\\u12",
                                      "<a b=c d='10.0.0.5'/>",
                                      "<a/></a></a>text",
                                      "\xEF\xBB\xBF{\"a\":1}"}) {
        INFO(payload);
        for_each_leaf(payload, [&](const Leaf& leaf) {
            CHECK(leaf.raw_begin <= leaf.raw_end);
            CHECK(leaf.raw_at(leaf.text.size()) <= payload.size());
        });
    }
    CHECK(leaves("{\"a\":\"10.0.0.5") == Texts{"/=10.0.0.5"});
    CHECK_NOTHROW(leaves(std::string(100'000, '[')));
    std::string deep;
    for (int i = 0; i < 50'000; ++i) {
        deep += "<a>";
    }
    CHECK_NOTHROW(leaves(deep));
}
