#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "packets.hpp"
#include "sim/lab/capture/capture_har.hpp"
#include "sim/lab/capture/capture_http.hpp"
#include "sim/lab/capture/capture_pcap.hpp"
#include "sim/lab/capture/import.hpp"
#include "temporary_folder.hpp"

using namespace sim::lab;

namespace {

using Folder = test::TemporaryFolder;

std::string post(const std::string& body, const std::string& more = "") {
    return fmt::format("POST /x HTTP/1.1\r\nHost: bridge\r\n{}Content-Length: {}\r\n\r\n{}", more, body.size(), body);
}

const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::vector<std::string> bodies(const Capture& capture) {
    std::vector<std::string> all;
    for (const CapturedRequest& request : capture.requests) {
        all.push_back(request.body + " " + std::to_string(request.status.value_or(0)));
    }
    return all;
}

std::string reasons(const Capture& capture) {
    std::string all;
    for (const Unusable& one : capture.unusable) {
        all += one.place + ": " + one.reason + "\n";
    }
    return all;
}

using Texts = std::vector<std::string>;

Capture pcap(const std::string& bytes) {
    const Folder folder;
    return read_pcap(folder.keep("c.pcap", bytes), "c.pcap");
}

const std::string long_body(5000, 'b');

/// A delivery as an appliance makes it.
packets::Connection delivery(bool v6 = false, int link = packets::ethernet, bool vlan = false) {
    packets::Connection connection(v6, 40001, link, vlan);
    connection.opens();
    connection.client_says(post(long_body, "Expect: 100-continue\r\n").substr(0, 90));
    connection.server_says("HTTP/1.1 100 Continue\r\n\r\n");
    connection.client_says(post(long_body, "Expect: 100-continue\r\n").substr(90));
    connection.server_says(ok_answer);
    connection.closes();
    return connection;
}

}  // namespace

// ---- HTTP

TEST_CASE("capture: requests with their answers, as a connection is saved", "[lab][capture]") {
    CHECK(bodies(read_http(
              post("one") + ok_answer + post("two") + "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" + post("three"),
              "f")) == Texts{"one 200", "two 503", "three 0"});
}

TEST_CASE("capture: pipelined requests are answered in their order", "[lab][capture]") {
    CHECK(bodies(read_http(post("one") + post("two") + ok_answer + "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n",
                           "f")) == Texts{"one 200", "two 400"});
}

TEST_CASE("capture: an interim answer between header and body is none of the body", "[lab][capture]") {
    const std::string whole = post("body", "Expect: 100-continue\r\n");
    const std::size_t head = whole.find("body");
    CHECK(bodies(read_http(whole.substr(0, head) + "HTTP/1.1 100 Continue\r\n\r\n" + "body" + ok_answer, "f")) ==
          Texts{"body 200"});
    const Capture refused =
        read_http(whole.substr(0, head) + "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n" + post("two"), "f");
    CHECK(bodies(refused) == Texts{"two 0"});
    CHECK_THAT(reasons(refused), Catch::Contains("answered 417 before its body was sent"));
}

TEST_CASE("capture: chunks are put together", "[lab][capture]") {
    CHECK(bodies(read_http(
              "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n" + ok_answer,
              "f")) == Texts{"abcde 200"});
}

TEST_CASE("capture: lines that an editor has shortened to LF", "[lab][capture]") {
    CHECK(bodies(read_http("POST / HTTP/1.1\nContent-Length: 3\n\nabc\nHTTP/1.1 200 OK\nContent-Length: 0\n\n", "f")) ==
          Texts{"abc 200"});
}

TEST_CASE("capture: answers of the other direction", "[lab][capture]") {
    CHECK(bodies(read_http(post("one", "Expect: 100-continue\r\n") + post("two"),
                           "HTTP/1.1 100 Continue\r\n\r\n" + ok_answer + "HTTP/1.1 503 x\r\n\r\n", "f")) ==
          Texts{"one 200", "two 503"});
}

TEST_CASE("capture: what is no HTTP is said, with its place, and what follows is read", "[lab][capture]") {
    const Capture capture = read_http(post("one") + "\r\nthis is a comment\r\n" + post("two"), "f");
    CHECK(bodies(capture) == Texts{"one 0", "two 0"});
    CHECK_THAT(reasons(capture), Catch::Contains("f: line 6: neither a request nor an answer"));
    CHECK_THAT(reasons(read_http("\x16\x03\x01\x02\x00\x01", "f")), Catch::Contains("TLS, which cannot be read"));
    CHECK_THAT(reasons(read_http("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "f")), Catch::Contains("HTTP/2"));
}

TEST_CASE("capture: a request that is cut is not used", "[lab][capture]") {
    const std::string whole = post("0123456789");
    CHECK_THAT(reasons(read_http(whole.substr(0, whole.size() - 3), "f")),
               Catch::Contains("f, request 1: truncated: 3 bytes"));
    CHECK_THAT(reasons(read_http(whole.substr(0, 20), "f")),
               Catch::Contains("does not end") || Catch::Contains("neither"));
    CHECK(read_http(whole.substr(0, 60), "f").requests.empty());
}

TEST_CASE("capture: an answer without a length goes to the next request", "[lab][capture]") {
    CHECK(bodies(read_http(post("one") + "HTTP/1.0 200 OK\r\n\r\nThanks!\n" + post("two"), "f")) ==
          Texts{"one 200", "two 0"});
}

// ---- HAR

TEST_CASE("capture: a HAR's posts, plain and base64, with their status", "[lab][capture]") {
    const Capture capture = read_har(
        R"({"log":{"entries":[
{"request":{"method":"POST","postData":{"mimeType":"text/xml","text":"<a/>"}},"response":{"status":200}},
{"request":{"method":"POST","postData":{"text":"PGEvPg==","encoding":"base64"}},"response":{"status":0}},
{"request":{"method":"GET","headers":[]},"response":{"status":304}},
{"request":{"method":"POST","headers":[{"name":"content-encoding","value":"gzip"}],"postData":{"text":"x"}}}]}})",
        "h");
    CHECK(bodies(capture) == Texts{"<a/> 200", "<a/> 0", " 304", "x 0"});
    CHECK(capture.requests[3].content_encoding == "gzip");
    CHECK(capture.requests[1].place == "h, entry 2");
}

TEST_CASE("capture: a HAR that holds no body says so", "[lab][capture]") {
    CHECK_THAT(reasons(read_har(
                   R"({"log":{"entries":[{"request":{"method":"POST","postData":{"params":[{"name":"a"}]}}}]}})", "h")),
               Catch::Contains("h, entry 1: its body was taken apart"));
    CHECK_THAT(
        reasons(read_har(
            R"({"log":{"entries":[{"request":{"method":"POST","postData":{"encoding":"base64","text":"%"}}}]}})", "h")),
        Catch::Contains("said to be base64"));
    CHECK_THAT(reasons(read_har(R"({"log":{"entries":[{}, 7, null]}})", "h")),
               Catch::Contains("entry 3: it has no request"));
    CHECK_THAT(reasons(read_har(R"({"log":{}})", "h")), Catch::Contains("no log.entries"));
    CHECK_THAT(reasons(read_har("{", "h")), Catch::Contains("no JSON"));
    CHECK_THAT(reasons(read_har(std::string(100'000, '['), "h")), Catch::Contains("no JSON"));
}

// ---- pcap

TEST_CASE("capture: a delivery in packets, over every link and both versions of IP", "[lab][capture][pcap]") {
    for (const bool v6 : {false, true}) {
        for (const int link :
             {packets::ethernet, packets::loopback, packets::raw_ip, packets::cooked, packets::cooked_2}) {
            for (const bool vlan : {false, true}) {
                INFO("link " << link << " v6 " << v6 << " vlan " << vlan);
                const Capture capture = pcap(packets::file_of(delivery(v6, link, vlan).frames, link));
                CHECK(bodies(capture) == Texts{long_body + " 200"});
                CHECK(reasons(capture).empty());
            }
        }
    }
}

TEST_CASE("capture: packets out of order and twice are put in order", "[lab][capture][pcap]") {
    auto frames = delivery().frames;
    std::swap(frames[6], frames[8]);
    frames.insert(frames.begin() + 9, frames[7]);
    const Capture capture = pcap(packets::file_of(frames));
    CHECK(bodies(capture) == Texts{long_body + " 200"});
}

TEST_CASE("capture: pcapng is read as pcap is", "[lab][capture][pcap]") {
    CHECK(bodies(pcap(packets::pcapng_of(delivery().frames))) == Texts{long_body + " 200"});
}

TEST_CASE("capture: fragments of a packet are put together", "[lab][capture][pcap]") {
    std::vector<std::string> frames = delivery(false, packets::raw_ip).frames;
    const auto parts = packets::fragments_of(frames[6], 400);
    REQUIRE(parts.size() == 3);
    frames.erase(frames.begin() + 6);
    frames.insert(frames.begin() + 6, parts.begin(), parts.end());
    CHECK(bodies(pcap(packets::file_of(frames, packets::raw_ip))) == Texts{long_body + " 200"});
}

TEST_CASE("capture: a missing packet is said", "[lab][capture][pcap]") {
    auto frames = delivery().frames;
    frames.erase(frames.begin() + 7);
    const Capture capture = pcap(packets::file_of(frames));
    CHECK(capture.requests.empty());
    CHECK_THAT(reasons(capture), Catch::Contains("request 1: truncated") && Catch::Contains("a part of it is missing"));
}

TEST_CASE("capture: packets that were cut when they were recorded are said", "[lab][capture][pcap]") {
    const Capture capture = pcap(packets::file_of(delivery().frames, packets::ethernet, 200));
    CHECK(capture.requests.empty());
    CHECK_THAT(reasons(capture), Catch::Contains("packets were cut when they were recorded"));
}

TEST_CASE("capture: several connections at once, one of them TLS, one no HTTP", "[lab][capture][pcap]") {
    packets::Connection a(false, 40001);
    packets::Connection b(true, 40002);
    packets::Connection tls(false, 40003);
    packets::Connection other(false, 40004);
    for (packets::Connection* one : {&a, &b, &tls, &other}) {
        one->opens();
    }
    a.client_says(post("one") + post("two"));
    b.client_says(post("three"));
    tls.client_says(std::string("\x16\x03\x01\x00\x05hello", 10));
    other.client_says("SSH-2.0-x\r\n");
    b.server_says(ok_answer);
    a.server_says(ok_answer);
    std::vector<std::string> frames;
    for (std::size_t i = 0; i < 8; ++i) {
        for (const packets::Connection* one : {&a, &b, &tls, &other}) {
            if (i < one->frames.size()) {
                frames.push_back(one->frames[i]);
            }
        }
    }
    const Capture capture = pcap(packets::file_of(frames));
    CHECK(bodies(capture) == Texts{"one 200", "two 0", "three 200"});
    CHECK(capture.requests[1].place == "c.pcap, connection 10.1.1.5:40001 to 10.1.1.9:8088, request 2");
    CHECK_THAT(reasons(capture), Catch::Contains("TLS") && Catch::Contains("1 connection without HTTP"));
}

TEST_CASE("capture: a connection whose beginning is missing", "[lab][capture][pcap]") {
    packets::Connection connection;
    connection.opens();
    connection.server_says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    connection.client_says(post("one"));
    connection.server_says(ok_answer);
    const std::vector<std::string> frames(connection.frames.begin() + 3, connection.frames.end());
    CHECK(bodies(pcap(packets::file_of(frames))) == Texts{"one 0"});
}

TEST_CASE("capture: what is no capture, or breaks off, is said", "[lab][capture][pcap]") {
    const std::string whole = packets::file_of(delivery().frames);
    CHECK_THAT(reasons(pcap("hello")), Catch::Contains("cannot be read as a packet capture"));
    CHECK_THAT(reasons(pcap(whole.substr(0, whole.size() / 2))), Catch::Contains("breaks off after"));
    CHECK_THAT(reasons(pcap(packets::file_of({}, 105))), Catch::Contains("its link type is IEEE802_11"));
    CHECK_THAT(reasons(read_pcap("/nowhere", "c")), Catch::Contains("cannot be read"));
}

TEST_CASE("capture: damaged recordings end in a value, and no crash", "[lab][capture]") {
    const Folder folder;
    std::mt19937 random(7);
    const std::string har =
        R"({"log":{"entries":[{"request":{"method":"POST","postData":{"text":"<a/>"}},"response":{"status":200}}]}})";
    const std::string http = post("one", "Expect: 100-continue\r\n") + ok_answer +
                             "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + ok_answer;
    const std::string packet_file = packets::file_of(delivery().frames);
    for (int i = 0; i < 300; ++i) {
        for (const std::string& original : {har, http, packet_file}) {
            std::string bytes = original;
            for (unsigned hits = random() % 8; hits > 0; --hits) {
                bytes[random() % bytes.size()] = static_cast<char>(static_cast<unsigned char>(random() % 256));
            }
            bytes.resize(random() % 3 == 0 ? random() % bytes.size() : bytes.size());
            if (original == har) {
                CHECK_NOTHROW(read_har(bytes, "h"));
            } else if (original == http) {
                CHECK_NOTHROW(read_http(bytes, "f"));
                CHECK_NOTHROW(read_http(bytes, http, "f"));
            } else {
                CHECK_NOTHROW(read_pcap(folder.keep("d.pcap", bytes), "c"));
            }
        }
    }
}

// ---- import

TEST_CASE("import: a recording is known by what is in it", "[lab][import]") {
    CHECK(capture_kind_of(packets::file_of({}), "x") == CaptureKind::pcap);
    CHECK(capture_kind_of("\x0a\x0d\x0d\x0a....", "x") == CaptureKind::pcap);
    CHECK(capture_kind_of(post("a"), "x") == CaptureKind::http);
    CHECK(capture_kind_of(ok_answer, "x") == CaptureKind::http);
    CHECK(capture_kind_of(" {\n \"log\": {", "x") == CaptureKind::har);
    CHECK(capture_kind_of("{\"creator\":1,", "x.har") == CaptureKind::har);
    CHECK(capture_kind_of("<alerts", "x.xml") == CaptureKind::payload);
    CHECK(capture_kind_named("pcap") == CaptureKind::pcap);
    CHECK_FALSE(capture_kind_named("tar"));
}

TEST_CASE("import: what cannot be used is told by place and reason, the rest is made", "[lab][import]") {
    const Folder folder;
    const std::string payload =
        R"({"product":"Web MPS","appliance":"nx1.corp.test","alert":{"id":1,"name":"malware-callback","severity":"crit","src":{"ip":"10.7.7.7"},"dst":{"ip":"203.0.113.5"}}})";
    const std::string http =
        folder.keep("deliveries.http", "GET / HTTP/1.1\r\n\r\n" + ok_answer + post(payload) + ok_answer +
                                           post("hello") + post(payload, "Content-Encoding: gzip\r\n") + post(payload));
    const std::string empty = folder.keep("empty.xml", "");
    const Imported imported =
        import_captures({http, empty, "/nowhere"}, std::nullopt, {}, bridge::reproduction::Scrubbing::everything);
    REQUIRE(imported.reproductions.size() == 2);
    CHECK(imported.reproductions[0].scenario_file == "deliveries-1.yaml");
    CHECK(imported.reproductions[1].payload_file == "deliveries-2.json");
    CHECK_THAT(imported.reproductions[0].scenario, Catch::Contains("file: deliveries-1.json, answered: 200"));
    std::string all;
    for (const Unusable& one : imported.unusable) {
        all += one.place + ": " + one.reason + "\n";
    }
    CHECK_THAT(all, Catch::Contains("request 1: a GET, and notifications are POSTs"));
    CHECK_THAT(all, Catch::Contains("request 3: not a FireEye notification"));
    CHECK_THAT(all, Catch::Contains("request 4: its body is compressed (gzip)"));
    CHECK_THAT(all, Catch::Contains("empty.xml: its body is empty"));
    CHECK_THAT(all, Catch::Contains("/nowhere: cannot be read"));
}

TEST_CASE("import: requests and answers of two files belong together", "[lab][import]") {
    const Folder folder;
    const std::string payload =
        R"({"product":"Web MPS","alert":{"id":1,"name":"malware-callback","severity":"crit","dst":{"ip":"203.0.113.5"}}})";
    const Imported imported = import_captures(
        {folder.keep("a.out", post(payload)), folder.keep("a.in", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")},
        std::nullopt, {}, bridge::reproduction::Scrubbing::everything);
    REQUIRE(imported.reproductions.size() == 1);
    CHECK_THAT(imported.reproductions[0].scenario,
               Catch::Contains("answered: 503") && Catch::Contains("# Note: its receiver answered 503"));
}
