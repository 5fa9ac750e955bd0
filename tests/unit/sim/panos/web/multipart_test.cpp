#include "sim/panos/web/multipart.hpp"

#include <catch2/catch.hpp>

#include "sim/panos/web/request.hpp"

using namespace sim::panos;

namespace {

net::HttpRequest upload(const std::string& content_type, const std::string& body) {
    net::HttpRequest request;
    request.method = "POST";
    request.target = "/api/?type=import";
    request.headers = {{"Content-Type", content_type}};
    request.body = body;
    return request;
}

const std::string two_parts =
    "--XX\r\nContent-Disposition: form-data; name=\"category\"\r\n\r\nconfiguration\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xml\"\r\nContent-Type: text/xml\r\n\r\n"
    "<a>\r\n--X\r\n</a>\r\n--XX--\r\n";

}  // namespace

TEST_CASE("a multipart body gives its parts with names, file names and contents", "[sim][panos][multipart]") {
    const auto request = upload("multipart/form-data; boundary=XX", two_parts);
    const auto parts = parts_of(request);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].name == "category");
    CHECK(parts[0].file_name.empty());
    CHECK(parts[0].content == "configuration");
    CHECK(parts[1].file_name == "a.xml");
    CHECK(parts[1].content_type == "text/xml");
    CHECK(parts[1].content == "<a>\r\n--X\r\n</a>");
    CHECK(part(request, "file")->content == parts[1].content);
    CHECK_FALSE(part(request, "other"));
}

TEST_CASE("a comma before the boundary, quotes around it and bare line feeds are taken", "[sim][panos][multipart]") {
    CHECK(parts_of(upload("multipart/form-data, boundary=XX", two_parts)).size() == 2);
    CHECK(parts_of(upload("Multipart/Form-Data; boundary=\"XX\"; charset=utf-8", two_parts)).size() == 2);
    const auto bare = upload("multipart/form-data; boundary=b",
                             "--b\nContent-Disposition: form-data; filename=x.xml; name=file\n\nabc\n--b--\n");
    REQUIRE(part(bare, "file"));
    CHECK(part(bare, "file")->content == "abc");
    CHECK(part(bare, "file")->file_name == "x.xml");
}

TEST_CASE("a multipart body that is cut, or is none, has no parts", "[sim][panos][multipart]") {
    CHECK(parts_of(upload("application/x-www-form-urlencoded", two_parts)).empty());
    CHECK(parts_of(upload("multipart/form-data", two_parts)).empty());
    CHECK(parts_of(upload("multipart/form-data; boundary=" + std::string(300, 'x'), two_parts)).empty());
    for (std::size_t bytes = 0; bytes < two_parts.size() - 4; ++bytes) {
        CHECK(parts_of(upload("multipart/form-data; boundary=XX", two_parts.substr(0, bytes))).empty());
    }
}

TEST_CASE("fields of a multipart body are parameters, files are not", "[sim][panos][multipart]") {
    const Parameters read = Parameters::read(upload("multipart/form-data; boundary=XX", two_parts));
    CHECK(read.value("type") == "import");
    CHECK(read.value("category") == "configuration");
    CHECK(read.find("file") == nullptr);
}
