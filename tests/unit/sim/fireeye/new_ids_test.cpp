#include <filesystem>
#include <fstream>
#include <iterator>

#include "rendered.hpp"
#include "sim/fireeye/payload_rewrite.hpp"

using namespace sim::fireeye;

namespace {

constexpr std::string_view new_uuid = "99999999-8888-4777-a666-555555555555";

/// Ids from 987650001 on, and one uuid for all.
std::string renewed(std::string_view payload) {
    std::uint64_t last = 987650000;
    return renew_ids(payload, {[&last] { return ++last; }, [] { return std::string(new_uuid); }});
}

std::string replaced_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("ids and uuids change where they are an alert's, and in its url", "[sim][fireeye]") {
    CHECK(
        renewed(
            R"(<?xml version="1.0"?><alerts id="5"><alert id="5" name="x" uuid='0123ABCD-0123-4567-89ab-0123456789ab'><malware id="5"/>)"
            R"(<alert-url>https://nx/5/events?ev_id=5&amp;n=5&amp;uuid=0123ABCD-0123-4567-89ab-0123456789ab</alert-url></alert></alerts>)") ==
        R"(<?xml version="1.0"?><alerts id="5"><alert id="987650001" name="x" uuid=')" + std::string(new_uuid) +
            R"('><malware id="5"/><alert-url>https://nx/5/events?ev_id=987650001&amp;n=5&amp;uuid=)" +
            std::string(new_uuid) + "</alert-url></alert></alerts>");
    CHECK(renewed(R"({"id":5,"alert":{"id":5,"src":{"id":5},"alert-url":"https://nx/?ma_id=5"}})") ==
          R"({"id":5,"alert":{"id":987650001,"src":{"id":5},"alert-url":"https://nx/?ma_id=987650001"}})");
    CHECK(
        renewed("id: 5\nalert (id:5, name:x):\n  src:\n    id: 5\n  alert-url: https://nx/?e_id=5&type=url\n") ==
        "id: 5\nalert (id:987650001, name:x):\n  src:\n    id: 5\n  alert-url: https://nx/?e_id=987650001&type=url\n");
}

TEST_CASE("a number stays a number and a text a text, in every dialect", "[sim][fireeye]") {
    CHECK(renewed(R"({"alert":[{"@id":"5"},{"@id":"6"},{"@id" : "5"}]})") ==
          R"({"alert":[{"@id":"987650001"},{"@id":"987650002"},{"@id" : "987650001"}]})");
    CHECK(renewed(R"({"Alerts":[ {"alertUrl":"https://ex/?e_id=5\u0026type=5","id": 5} ]})") ==
          R"({"Alerts":[ {"alertUrl":"https://ex/?e_id=987650001\u0026type=5","id": 987650001} ]})");
    CHECK(renewed(R"({"alert":{"_id":5,"condition":{"_id":"5"}}})") ==
          R"({"alert":{"_id":987650001,"condition":{"_id":"5"}}})");
}

TEST_CASE("a mask instead of a uuid stays, or several alerts would be one", "[sim][fireeye]") {
    CHECK(renewed(R"({"alert":[{"id":5,"uuid":"uuid"},{"id":6,"uuid":"uuid"}]})") ==
          R"({"alert":[{"id":987650001,"uuid":"uuid"},{"id":987650002,"uuid":"uuid"}]})");
    for (const char* const mask : {"abcdefgh-ijkl-1234-5678-123412341234", "00000000-0000-0000-0000-000000000000",
                                   "0123abcd-0123-4567-89ab", ""}) {
        const std::string payload = R"({"alert":{"uuid":")" + std::string(mask) + R"("}})";
        CHECK(renewed(payload) == payload);
    }
}

TEST_CASE("what points to another alert of the body follows it, what points elsewhere stays", "[sim][fireeye]") {
    CHECK(
        renewed(R"({"alert":[{"id":5,"rootInfection":4},{"id":4,"explanation":{"malware":[{"parent":"5"}]}}]})") ==
        R"({"alert":[{"id":987650001,"rootInfection":987650002},{"id":987650002,"explanation":{"malware":[{"parent":"987650001"}]}}]})");
    CHECK(renewed(R"(<alerts><alert id="5" root-infection="3"><e><malware-detected><malware parent="5"/>)"
                  R"(</malware-detected></e></alert></alerts>)") ==
          R"(<alerts><alert id="987650001" root-infection="3"><e><malware-detected><malware parent="987650001"/>)"
          R"(</malware-detected></e></alert></alerts>)");
}

TEST_CASE("broken payloads are left as broken as they were", "[sim][fireeye]") {
    for (const char* const text :
         {"", "{", "[[[", "\"", "<", "<alerts", "<alerts><alert id=", "<alerts><alert id=\"5",
          "{\"alert\":{\"id\":", "{\"alert\":{\"id\":\"", "}}}]]]", "</a></b>", "<!-- ",
          "<![CDATA[ <alerts><alert id=\"1\"/>", "alert (id:", "<alerts><alert id/></alerts>"}) {
        INFO(text);
        const std::string out = renewed(text);
        CHECK((out == text || out.find("98765000") != std::string::npos));
    }
}

TEST_CASE("a payload cut anywhere is rewritten without a stumble", "[sim][fireeye]") {
    const std::vector<std::pair<std::string, std::string>> pairs = {{"203.0.113.5", "198.51.100.1"}};
    for (const char* const format : {"xml-normal", "json-normal", "text-normal", "rest-normal"}) {
        const std::string body = rendered(appliance("nx", "9.0", format), incident("malware-object")).body;
        for (std::size_t size = 0; size < body.size(); ++size) {
            const std::string_view part = std::string_view(body).substr(0, size);
            CHECK(move_times(part, {}).size() == size);
            CHECK(replace_addresses(part, pairs).size() >= size);
            CHECK(count_of(renewed(part), "98765000") <= 3);
        }
    }
}

TEST_CASE("in every cell the new ids are the only change", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        Incident what = typical_incident(cell);
        what.id = 123454321;
        what.uuid = "11111111-2222-4333-a444-000000000000";
        const std::string body = rendered(profile_of(cell, "fe1.example.com"), what).body;
        const std::string out = renewed(body);
        CHECK(count_of(out, "987650001") >= 1);
        CHECK(replaced_all(replaced_all(out, "987650001", "123454321"), new_uuid, what.uuid) == body);
        // Nothing of the old alert is left in what a console would open.
        const auto url = out.find(cell.format.starts_with("rest") ? "alertUrl" : "alert-url");
        if (url != std::string::npos) {
            const std::string_view rest = std::string_view(out).substr(url, 120);
            CHECK(rest.find("123454321") == std::string_view::npos);
            CHECK(rest.find(what.uuid) == std::string_view::npos);
        }
    }
}

TEST_CASE("published payloads get new ids and keep every other byte", "[sim][fireeye]") {
    if (!std::filesystem::exists(SHARED_PAYLOADS)) {
        WARN("no published payloads here");
        return;
    }
    for (const auto& entry : std::filesystem::directory_iterator(SHARED_PAYLOADS)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".xml" && extension != ".json") {
            continue;
        }
        INFO(entry.path().filename().string());
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string payload{std::istreambuf_iterator<char>(in), {}};
        std::vector<std::string> given;
        std::uint64_t last = 987650000;
        const std::string out = renew_ids(payload, {[&] {
                                                        given.push_back(std::to_string(++last));
                                                        return last;
                                                    },
                                                    [&] {
                                                        given.push_back("uuid-" + std::to_string(++last));
                                                        return given.back();
                                                    }});
        CHECK_FALSE(given.empty());
        for (const std::string& id : given) {
            CHECK(out.find(id) != std::string::npos);
        }
        // Renewing once more changes the same places and no others.
        CHECK(renewed(out).size() >= 1);
        CHECK((payload.front() == '<' || boost::json::parse(out).is_object()));
    }
}
