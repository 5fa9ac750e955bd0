#include "bridge/panos/long_answer.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "bridge/panos/reply.hpp"
#include "bridge/panos/text_mender.hpp"
#include "unit/bridge/panos/told.hpp"

using namespace bridge::domain;
using namespace bridge::panos;

namespace {

const Place place{.vsys = "vsys1", .group = "blocked", .tag = "firebreak", .admin = "fb"};

std::string success(const std::string& result) {
    return "<response status=\"success\" code=\"19\"><result>" + result + "</result></response>";
}

std::string read_in_pieces(const Call& call, std::string_view body, std::size_t piece, unsigned http = 200) {
    const auto reader = LongAnswer::to(call, place);
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
        reader->take(body.substr(0, piece));
    }
    return test::told(reader->finish(http));
}

std::string read_whole(const Call& call, const std::string& body, unsigned http = 200) {
    return test::told(read_reply(call, {http, body}, place));
}

const std::string malformed = "failure " + std::to_string(static_cast<int>(Errc::malformed));

const std::string objects = success(
    "<entry name=\"firebreak-203.0.113.5\" admin=\"fb\" dirtyId=\"3\" time=\"2026/11/24 02:00:00\">"
    "<ip-netmask admin=\"fb\">203.0.113.5</ip-netmask><tag><member>firebreak</member></tag></entry>\n"
    "<entry name='firebreak-evil.example'><fqdn>EVIL.example.</fqdn><tag><member>x</member><member>firebreak</member>"
    "</tag><description>it&#39;s &lt;b&gt; &amp; \xC3\xA9</description></entry>"
    "<entry name=\"firebreak-203.0.113.6\"><ip-range>203.0.113.6-203.0.113.9</ip-range></entry>"
    "<entry name=\"firebreak-203.0.113.4\"><ip-netmask><!-- c -->203.0.113.4/32<!-- d --></ip-netmask>"
    "<tag><member><![CDATA[firebreak]]></member></tag></entry>"
    "<entry name=\"old-firebreak-x\"><fqdn>x.example</fqdn></entry><other><entry name=\"firebreak-1\"/></other>");

const std::string groups = success(
    "<policy><panorama><address-group><entry name=\"other\"><static><member>x</member></static></entry>"
    "<entry name=\"blocked\"><static><member>z</member>\n<member>blocked-1</member><x/></static><static><member>no"
    "</member></static></entry>"
    "<entry name=\"blocked-1\"><static><member>a</member></static><tag><member>firebreak</member></tag></entry>"
    "<entry name=\"blocked-2\"><dynamic><filter>'x'</filter></dynamic></entry><entry name=\"blocked-3\"/>"
    "</address-group></panorama></policy><a><b><c><d><e><f><g><h><entry name=\"blocked-4\"><static/></entry>"
    "<i><entry name=\"blocked-5\"><static/></entry></i></h></g></f></e></d></c></b></a>");

const std::string gone = "<response status=\"error\" code=\"7\"><msg><line>Object not present</line></msg></response>";
const std::string locked =
    "<response status=\"error\"><msg><line>Config for scope shared is currently locked by "
    "alice</line></msg></response>";

}  // namespace

TEST_CASE("a long answer reads as a whole one does, however its bytes are cut") {
    const auto call = GENERATE(as<Call>(), ReadObjects{}, ReadGroups{}, ReadDeviceGroups{"001"});
    const unsigned http = GENERATE(200U, 201U, 302U, 400U, 401U, 403U, 404U, 502U);
    for (const std::string& body : {objects, groups, gone, locked, success(""), std::string("<html/>"), std::string(),
                                    std::string(" \n\xEF\xBB\xBF") + objects, "<?xml version='1.0'?>" + groups}) {
        const std::string whole = read_whole(call, body, http);
        INFO(body << "\n" << http);
        for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 100'000U}) {
            INFO(piece);
            CHECK(read_in_pieces(call, body, piece, http) == whole);
        }
    }
}

TEST_CASE("at every place where a long answer may be cut in two it reads the same") {
    const auto [call, body] = GENERATE(table<Call, std::string>({{ReadObjects{}, objects}, {ReadGroups{}, groups}}));
    const std::string whole = read_whole(call, body);
    CHECK(whole.find(std::holds_alternative<ReadObjects>(call) ? "203.0.113.5" : "blocked-4") != std::string::npos);
    CHECK(whole.find("blocked-5") == std::string::npos);
    for (std::size_t at = 0; at <= body.size(); ++at) {
        const auto reader = LongAnswer::to(call, place);
        reader->take(std::string_view(body).substr(0, at));
        reader->take(std::string_view(body).substr(at));
        INFO(at);
        REQUIRE(test::told(reader->finish(200)) == whole);
    }
}

TEST_CASE("a long answer that ends at any byte too early is malformed") {
    const auto [call, body] = GENERATE(table<Call, std::string>({{ReadObjects{}, objects}, {ReadGroups{}, groups}}));
    for (std::size_t size = 0; size < body.size(); ++size) {
        INFO(size);
        REQUIRE(read_in_pieces(call, std::string_view(body).substr(0, size), 64) == malformed);
    }
}

TEST_CASE("what is counted of the objects' names is what a whole answer counts") {
    const std::string names = success("<entry name=\"a\"/><entry name=\"b\"><x><entry/></x></entry><y/>");
    for (const std::string& body : {names, gone, locked, std::string("garbage"), success("")}) {
        const auto whole = read_entry_count({200, body});
        const auto reader = LongAnswer::to_object_names();
        for (const char& c : body) {
            reader->take({&c, 1});
        }
        const auto read = reader->finish(200);
        REQUIRE(read.has_value() == whole.has_value());
        if (read) {
            CHECK(std::get<CapacitySeen>(*read).objects == *whole);
        } else {
            CHECK(read.error().code == whole.error().code);
            CHECK(read.error().detail.empty() == whole.error().detail.empty());
        }
    }
}

TEST_CASE("an error's text is the same from a long answer") {
    const auto reader = LongAnswer::to(ReadObjects{}, place);
    reader->take(locked);
    CHECK(reader->finish(200).error().detail == read_reply(ReadObjects{}, {200, locked}, place).error().detail);
}

TEST_CASE("a DOCTYPE is refused, so that no entity can be a bomb") {
    const std::string bomb = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" +
                             success("<entry name=\"firebreak-203.0.113.5\"><ip-netmask>&b;</ip-netmask></entry>");
    CHECK(read_in_pieces(ReadObjects{}, bomb, 10) == malformed);
    CHECK(read_whole(ReadObjects{}, bomb) == malformed);
    CHECK(read_in_pieces(ReadObjects{}, success("&b;"), 10) == malformed);
}

TEST_CASE("one stray byte in what people wrote does not spoil the reading of all") {
    const std::string body = success(
        "<entry name=\"firebreak-203.0.113.5\"><ip-netmask>203.0.113.5</ip-netmask><description>caf\xE9 \x01"
        "</description><tag><member>firebreak</member></tag></entry>");
    CHECK(read_in_pieces(ReadObjects{}, body, 1) == "as named firebreak-203.0.113.5\n");
    CHECK(read_whole(ReadObjects{}, body) == "as named firebreak-203.0.113.5\n");
}

TEST_CASE("what is none of the answer is not kept without an end") {
    const auto endless = [](const std::string& head, const std::string& more) {
        const auto reader = LongAnswer::to(ReadObjects{}, place);
        reader->take(head);
        for (std::size_t bytes = 0; bytes < (8U << 20U); bytes += more.size()) {
            reader->take(more);
        }
        const auto read = reader->finish(200);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Errc::malformed);
        return read.error().detail;
    };
    const std::string text(1U << 16U, 'x');
    std::string deep;
    while (deep.size() < text.size()) {
        deep += "<d>";
    }
    CHECK_THAT(endless("<response status=\"success\"><result>", text), Catch::Contains("4 MiB"));
    CHECK_THAT(endless("<response status=\"error\"><msg>", "<line>" + text + "</line>"), Catch::Contains("4 MiB"));
    CHECK_THAT(endless("<response status=\"success\"><result><entry name=\"firebreak-1\">", text),
               Catch::Contains("4 MiB"));
    CHECK_THAT(endless("<html>", "<p>" + text + "</p>"), Catch::Contains("4 MiB"));
    CHECK_THAT(endless("<response status=\"", text), Catch::Contains("tag of more"));
    CHECK_THAT(endless("<response status=\"success\"><!-- ", text), Catch::Contains("tag of more"));
    endless("<response status=\"success\"><result>", deep);
}

TEST_CASE("a hundred thousand members cost no more than their names, and other entries nothing") {
    const auto reader = LongAnswer::to(ReadGroups{}, place);
    reader->take("<response status=\"success\"><result><entry name=\"blocked\"><static>");
    for (int i = 0; i < 200'000; ++i) {
        reader->take("<member>firebreak-" + std::to_string(i) + "</member>\n");
    }
    reader->take("</static></entry>");
    for (int i = 0; i < 200'000; ++i) {
        reader->take("<entry name=\"others-" + std::to_string(i) + "\"><static><member>x</member></static></entry>");
    }
    reader->take("</result></response>");
    const auto read = reader->finish(200);
    REQUIRE(read);
    const auto& seen = std::get<GroupsSeen>(*read);
    REQUIRE(seen.groups.size() == 1);
    CHECK(seen.groups[0].members.size() == 200'000);
}

TEST_CASE("answers that were spoilt at random never read as something else than a whole answer reads") {
    std::minstd_rand random(1);
    const std::string marks = "<>/\"'=&;! x\n\t[]-";
    for (int round = 0; round < 3000; ++round) {
        const bool about_groups = random() % 2 == 0;
        const Call call = about_groups ? Call(ReadGroups{}) : Call(ReadObjects{});
        std::string body = about_groups ? groups : objects;
        for (unsigned i = 0; i < 1 + random() % 3; ++i) {
            const std::size_t at = random() % body.size();
            if (random() % 2 == 0) {
                body[at] = marks[random() % marks.size()];
            } else {
                body.erase(at, 1 + random() % 20);
            }
        }
        const std::string read = read_in_pieces(call, body, 1 + random() % 50);
        INFO(body);
        if (read != malformed) {
            REQUIRE(read == read_whole(call, body));
        }
    }
}

TEST_CASE("calls whose answers are short are read as a whole") {
    CHECK(LongAnswer::to(ReadJob{3}, place) == nullptr);
    CHECK_FALSE(LongAnswer::is_due(StartCommit{""}));
    CHECK(LongAnswer::is_due(ReadObjects{}));
}

TEST_CASE("text stays as it is, and what XML does not take is replaced, however it is cut") {
    const auto [text, wanted] = GENERATE(table<std::string, std::string>({
        {"plain\t\r\n text", "plain\t\r\n text"},
        {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"caf\xE9.", "caf?."},
        {"\xC0\xAF \xE0\x80\x80 \xED\xA0\x80 \xF4\x90\x80\x80 \xF5 \x80", "?? ??? ??? ???? ? ?"},
        {"\xE2\x82<",
         "?"
         "?<"},
        {"\xEF\xBF\xBF\xEF\xBF\xBD", "???\xEF\xBF\xBD"},
        {"\x01\x1F\x7F", "  \x7F"},
    }));
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        TextMender mender;
        std::string mended;
        for (std::size_t at = 0; at < text.size(); at += piece) {
            mended += mender.mend(std::string_view(text).substr(at, piece));
        }
        CHECK(mended == wanted);
    }
}
