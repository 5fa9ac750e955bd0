#include "bridge/reproduction/text_scan.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace bridge::reproduction;

namespace {

using Texts = std::vector<std::string>;

Texts addresses(std::string_view text) {
    Texts all;
    for_each_address(text, [&](Span span, const auto& address, Spelling) {
        all.push_back(std::string(span.of(text)) + "=" + address.text());
    });
    return all;
}

Texts spans(std::string_view text, void (*scan)(std::string_view, const std::function<void(Span)>&)) {
    Texts all;
    scan(text, [&](Span span) { all.emplace_back(span.of(text)); });
    return all;
}

Texts mails(std::string_view text) {
    Texts all;
    for_each_mail(text, [&](Span local, Span host) {
        all.push_back(std::string(local.of(text)) + " at " + std::string(host.of(text)));
    });
    return all;
}

Texts headers(std::string_view text) {
    Texts all;
    for_each_header(text, [&](std::string_view name, Span value) {
        all.push_back(std::string(name) + "=" + std::string(value.of(text)));
    });
    return all;
}

}  // namespace

TEST_CASE("text scan: addresses are found between anything that is no part of them", "[reproduction][scan]") {
    CHECK(addresses("from 10.0.0.5 to (10.0.0.6), 10.0.0.7.") ==
          Texts{"10.0.0.5=10.0.0.5", "10.0.0.6=10.0.0.6", "10.0.0.7=10.0.0.7"});
    CHECK(addresses("Host: 10.0.0.5:443::~~") == Texts{"10.0.0.5=10.0.0.5"});
    CHECK(addresses("http%3A%2F%2F10.0.0.5%2F") == Texts{"10.0.0.5=10.0.0.5"});
    CHECK(addresses("\\n10.0.0.5\\r") == Texts{"10.0.0.5=10.0.0.5"});
    CHECK(addresses("h\\232\\00210.0.0.5") == Texts{"10.0.0.5=10.0.0.5"});
    CHECK(addresses("[fd00::1]:443 FD00:0::2 ::ffff:10.0.0.5") ==
          Texts{"fd00::1=fd00::1", "FD00:0::2=fd00::2", "::ffff:10.0.0.5=10.0.0.5"});
    CHECK(addresses("at fd00::5::~~Accept") == Texts{"fd00::5=fd00::5"});
    CHECK(addresses("5.0.0.10.in-addr.arpa") == Texts{"5.0.0.10=10.0.0.5"});
    CHECK(addresses("010.0.0.5") == Texts{"010.0.0.5=10.0.0.5"});
}

TEST_CASE("text scan: versions, times and separators are no addresses", "[reproduction][scan]") {
    CHECK(
        addresses("9.0.2.929543 1.2.3 1.10.0.0.5 10.0.0.5.6 12:00:01 ::~~::~~ std::string 02:00:00:00:00:01 256.1.1.1")
            .empty());
}

TEST_CASE("text scan: an address is spelled as its original was", "[reproduction][scan]") {
    const auto address = bridge::domain::IpAddress::parse("10.0.0.1").value();
    CHECK(spelled(address, Spelling::plain) == "10.0.0.1");
    CHECK(spelled(address, Spelling::padded) == "010.0.0.1");
    CHECK(spelled(address, Spelling::mapped) == "::ffff:10.0.0.1");
    CHECK(spelled(address, Spelling::reversed) == "1.0.0.10");
}

TEST_CASE("text scan: mail addresses, plain and percent-encoded, and not images", "[reproduction][scan]") {
    CHECK(mails("\"J\" <j.doe@corp.example>, x+y@b.example") == Texts{"j.doe at corp.example", "x+y at b.example"});
    CHECK(mails("?to=jdoe%40corp.example&u%3Djdoe%40corp.example") ==
          Texts{"jdoe at corp.example", "jdoe at corp.example"});
    CHECK(mails("GET /logo@2x.png @ a@ @b").empty());
}

TEST_CASE("text scan: MACs in three notations, and not a part of a fingerprint", "[reproduction][scan]") {
    CHECK(spans("00:0c:29:00:00:01 00-0C-29-00-00-02, 000c.2900.0003.", for_each_mac) ==
          Texts{"00:0c:29:00:00:01", "00-0C-29-00-00-02", "000c.2900.0003"});
    CHECK(spans("aa:bb:cc:dd:ee:ff:00:11 12:00:01", for_each_mac).empty());
    CHECK(mac_digits_of("00:0C:29:00:00:01") == "000c29000001");
    CHECK(mac_digits_of("000BABDDC3B9") == "000babddc3b9");
    CHECK(mac_digits_of("not a mac").empty());
}

TEST_CASE("text scan: users in paths, with slashes of both kinds and number", "[reproduction][scan]") {
    CHECK(spans(R"(C:\Users\jdoe\a.exe D:\\Users\\Jane Doe\\b C:\Documents and Settings\bob /home/ann/x)",
                for_each_user_of_path) == Texts{"jdoe", "Jane Doe", "bob", "ann"});
    CHECK(spans("/homepage/x C:\\Userspace\\y", for_each_user_of_path).empty());
}

TEST_CASE("text scan: hosts of shares, and no escaped bytes", "[reproduction][scan]") {
    CHECK(spans(R"(psexec \\dc01 cmd, \\files\share)", for_each_unc_host) == Texts{"dc01", "files"});
    CHECK(spans(R"(\\026\\003\\001 \\x1f\\x8b C:\\Windows\\x)", for_each_unc_host).empty());
}

TEST_CASE("text scan: headers by line, whatever ends a line", "[reproduction][scan]") {
    CHECK(headers("GET / HTTP/1.1\r\nHost: a\r\nCookie: b=c\r\n\r\nX: y") == Texts{"Host=a", "Cookie=b=c", "X=y"});
    CHECK(headers("GET / HTTP/1.1::~~Host: a::~~Cookie: b::~~::~~") == Texts{"Host=a", "Cookie=b"});
    CHECK(headers("GET /\\r\\nCookie: b\\r\\n") == Texts{"Cookie=b"});
}
