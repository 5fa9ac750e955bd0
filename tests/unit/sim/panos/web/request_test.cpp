#include "sim/panos/web/request.hpp"

#include <catch2/catch.hpp>

using namespace sim::panos;

namespace {

net::HttpRequest upload(const std::string& content_type, const std::string& body) {
    net::HttpRequest request;
    request.method = "POST";
    request.target = "/api/?type=import&category=configuration";
    request.headers = {{"Content-Type", content_type}};
    request.body = body;
    return request;
}

const std::string two_parts =
    "preamble\r\n--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nthe key\r\n"
    "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b;c.xml\"\r\n"
    "Content-Type: application/octet-stream\r\n\r\nline one\r\n--xy is no boundary's end\n\r\n--x--\r\n";

}  // namespace

TEST_CASE("a multipart body has fields and files", "[sim][panos][request]") {
    const Parameters parameters = Parameters::read(upload("multipart/form-data; boundary=x", two_parts));
    CHECK(parameters.value("type") == "import");
    CHECK(parameters.value("key") == "the key");
    CHECK(parameters.find("file") == nullptr);
    REQUIRE(parameters.part("file") != nullptr);
    CHECK(parameters.part("file")->file_name == "a b;c.xml");
    CHECK(parameters.part("file")->content_type == "application/octet-stream");
    CHECK(parameters.part("file")->content == "line one\r\n--xy is no boundary's end\n");
    CHECK(parameters.part("none") == nullptr);
}

TEST_CASE("the boundary is found behind a comma, in quotes, in any case", "[sim][panos][request]") {
    for (const std::string type :
         {"multipart/form-data, boundary=x", "Multipart/Form-Data; charset=utf-8; Boundary=\"x\"",
          "multipart/form-data;boundary=x; charset=utf-8"}) {
        INFO(type);
        CHECK(parts_of(upload(type, two_parts)).size() == 2);
    }
    for (const std::string type : {"multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=x",
                                   "multipart/form-data; myboundary=x", ""}) {
        INFO(type);
        CHECK(parts_of(upload(type, two_parts)).empty());
    }
}

TEST_CASE("a part that is cut off is none", "[sim][panos][request]") {
    const std::string type = "multipart/form-data; boundary=x";
    for (std::size_t length = 0; length < two_parts.size(); ++length) {
        CHECK(parts_of(upload(type, two_parts.substr(0, length))).size() <= 2);
    }
    CHECK(parts_of(upload(type, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue")).empty());
    CHECK(parts_of(upload(type, "--x--")).empty());
    CHECK(parts_of(upload(type, "--x\n\n--x--")).empty());
}

TEST_CASE("a body may hold 64 parts", "[sim][panos][request]") {
    std::string body;
    for (int i = 0; i < 100; ++i) {
        body += "--x\nContent-Disposition: form-data; name=\"n" + std::to_string(i) + "\"\n\nv\n";
    }
    CHECK(parts_of(upload("multipart/form-data; boundary=x", body + "--x--\n")).size() == 64);
}
