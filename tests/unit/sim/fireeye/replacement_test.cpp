#include <catch2/catch.hpp>

#include "sim/fireeye/notification.hpp"
#include "sim/fireeye/payload_rewrite.hpp"

using namespace sim::fireeye;

namespace {

std::string replaced(std::string_view payload, std::vector<std::pair<std::string, std::string>> pairs) {
    return replace_addresses(payload, pairs);
}

}  // namespace

TEST_CASE("addresses are replaced as whole words, all at once", "[sim][fireeye]") {
    CHECK(replaced("<ip>10.1.2.4</ip> 110.1.2.4 10.1.2.45 10.1.2.4.5 5.10.1.2.4 10.1.2.4:80 10.1.2.4.",
                   {{"10.1.2.4", "203.0.113.5"}}) ==
          "<ip>203.0.113.5</ip> 110.1.2.4 10.1.2.45 10.1.2.4.5 5.10.1.2.4 203.0.113.5:80 203.0.113.5.");
    CHECK(replaced("a=192.0.2.1 b=192.0.2.2", {{"192.0.2.1", "192.0.2.2"}, {"192.0.2.2", "192.0.2.1"}}) ==
          "a=192.0.2.2 b=192.0.2.1");
    CHECK(replaced("[2001:db8::1]:80 2001:db8::1 2001:db8::1:2 2001:db8::12", {{"2001:db8::1", "2001:db8::9"}}) ==
          "[2001:db8::9]:80 2001:db8::9 2001:db8::1:2 2001:db8::12");
    CHECK(replaced("evil.example www.evil.example evil.example.org evil.example/x not-evil.example",
                   {{"evil.example", "bad.example"}}) ==
          "bad.example www.evil.example evil.example.org bad.example/x not-evil.example");
}

TEST_CASE("a file is kept byte for byte, and its first byte tells its type", "[sim][fireeye]") {
    CHECK(from_file("\xEF\xBB\xBF \n<alerts/>").content_type == "text/xml");
    CHECK(from_file("\xEF\xBB\xBF \n<alerts/>").body == "\xEF\xBB\xBF \n<alerts/>");
    CHECK(from_file("{\"alert\":[]}").content_type == "application/json");
    CHECK(from_file("msg: concise").content_type == "text/plain");
    CHECK(from_file("").body.empty());
}
