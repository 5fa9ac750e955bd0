#include "sim/fireeye/send_fault.hpp"

#include <catch2/catch.hpp>

using namespace sim::fireeye;
using Kind = SendFault::Kind;
using namespace std::chrono_literals;

namespace {

SendFault parsed(std::string_view text) {
    const auto fault = parse_fault(text);
    INFO(text);
    REQUIRE(fault.has_value());
    return *fault;
}

}  // namespace

TEST_CASE("faults are written in a word and an amount", "[sim][fireeye]") {
    CHECK(parsed("chunked").kind == Kind::chunked);
    CHECK(parsed("bom").kind == Kind::byte_order_mark);
    CHECK(parsed("no-expect").kind == Kind::no_expect);
    CHECK(parsed("wrong-password").kind == Kind::wrong_password);
    CHECK(parsed("raw-newline").kind == Kind::raw_newline);
    CHECK(parsed("cut:400").after_bytes == 400);
    CHECK(parsed("cut:2KiB").after_bytes == 2048);
    CHECK(parsed("slow:2KiB/s").after_bytes == 204);
    CHECK(parsed("slow:2000/s").pause == 100ms);
    CHECK(parsed("slow:3/s").after_bytes == 1);
    CHECK(parsed("slow:3/s").pause == 333ms);
    CHECK(parsed("slow:100/250ms").after_bytes == 100);
    CHECK(parsed("slow:100/250ms").pause == 250ms);
    CHECK(parsed("slow:1/2s").pause == 2s);
    CHECK(parsed("content-type:multipart/form-data; boundary=x").content_type == "multipart/form-data; boundary=x");
}

TEST_CASE("what is no fault is refused with what there is", "[sim][fireeye]") {
    for (const char* const text :
         {"", "cut", "cut:", "cut:-1", "cut:4 KiB", "cut:99999999999999999999", "slow:0/s", "slow:2KiB", "slow:2KiB/h",
          "slow:/s", "ctu:400", "content-type:", "bom:1", "content-type:a\r\nX: y", "slow:1/99999999999s"}) {
        INFO(text);
        const auto fault = parse_fault(text);
        REQUIRE_FALSE(fault.has_value());
        CHECK(fault.error().find("is not one of cut:BYTES, slow:BYTES/s") != std::string::npos);
    }
}

TEST_CASE("a raw newline stands where an escape was, or where a blank was", "[sim][fireeye]") {
    const auto altered = [](std::string_view body) { return body_with(parsed("raw-newline"), body).value_or("none"); };
    CHECK(altered(R"({"a b":"x\ny\\n\"z\n"})") == "{\"a b\":\"x\ny\\\\n\\\"z\n\"}");
    CHECK(altered(R"({ "a":"x y z"})") == "{ \"a\":\"x\ny z\"}");
    CHECK(altered(R"({"a":1})") == "none");
    CHECK(altered("<a>x y</a>") == "none");
    CHECK(body_with(parsed("bom"), "<a/>").value() == "\xEF\xBB\xBF<a/>");
    CHECK(body_with(parsed("cut:1"), "<a/>").value() == "<a/>");
}
