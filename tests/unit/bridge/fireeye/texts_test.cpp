#include <catch2/catch.hpp>

#include <string>

#include "bridge/fireeye/clean_text.hpp"
#include "bridge/fireeye/endpoint_text.hpp"
#include "bridge/fireeye/vocabulary.hpp"

using bridge::fireeye::clean_text;
using bridge::fireeye::Name;
using bridge::fireeye::name_of_key;
using bridge::fireeye::url_host;

TEST_CASE("names fold over '@', prefix, case, hyphen, underscore and blank", "[bridge][fireeye]") {
    for (const std::string_view key :
         {"cnc-services", "cncServices", "@cnc_services", "ns:CNC-Services", "cnc- services", "CNC Services"}) {
        CHECK(name_of_key(key) == Name::cnc_services);
    }
    CHECK(name_of_key("_id") == Name::id);
    CHECK(name_of_key("xmlns:id") == Name::unknown);
    CHECK(name_of_key("xmlns") == Name::unknown);
    CHECK(name_of_key("os-changes") == Name::unknown);
    CHECK(name_of_key("") == Name::unknown);
    CHECK(name_of_key("@") == Name::unknown);
    CHECK(name_of_key(std::string(1000, 'a')) == Name::unknown);
}

TEST_CASE("text that leaves is valid UTF-8, on one line, and bounded", "[bridge][fireeye]") {
    CHECK(clean_text("a\nb\x1B[31m\x7F") == "a b [31m ");
    CHECK(clean_text("\xC0\xAF \xF4\x90\x80\x80 \xF0\x9F\x98\x80") ==
          "\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xF0\x9F\x98\x80");
    CHECK(clean_text("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(clean_text("\xC3\xA4\xC3\xB6", 3) == "\xC3\xA4...");
    CHECK(clean_text(std::string(1000, 'x'), 10) == "xxxxxxxxxx...");
}

TEST_CASE("the host of a URL is what a browser would call", "[bridge][fireeye]") {
    const auto host = [](std::string_view url) {
        const auto found = url_host(url);
        return found ? found->text() : "none";
    };
    CHECK(host("yy8311.example/?/goods_list/14_25_0") == "yy8311.example");
    CHECK(host("198.51.100.11/043d") == "198.51.100.11");
    CHECK(host("https://good.example@evil.example/path") == "evil.example");
    CHECK(host("http://evil.example\\@good.example/") == "evil.example");
    CHECK(host("evil.example?u=http://good.example/") == "evil.example");
    CHECK(host("[2001:db8::1]/x") == "2001:db8::1");
    CHECK(host("/data/share/x.exe") == "none");
    CHECK(host("") == "none");
    CHECK(host("http:///x") == "none");
}
