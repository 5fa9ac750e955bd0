#include "bridge/panos/request.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;
using namespace bridge::panos;

namespace {

const Place place{.vsys = "vsys1", .group = "blocked", .tag = "firebreak", .admin = "fb"};

std::string decoded(std::string_view form) {
    std::string text;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] == '%') {
            text += static_cast<char>(std::stoi(std::string(form.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            text += form[i];
        }
    }
    return text;
}

const std::string vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";

}  // namespace

TEST_CASE("all objects of a batch go in one set, together with the tag that they refer to") {
    SetObjects set;
    set.objects.push_back({"firebreak-203.0.113.5", Indicator::parse("203.0.113.5").value()});
    set.objects.push_back({"firebreak-evil.example", Indicator::parse("evil.example").value()});
    CHECK(decoded(form_of(set, place)) ==
          "type=config&action=set&xpath=" + vsys +
              "&element=<tag><entry name=\"firebreak\"/></tag><address>"
              "<entry name=\"firebreak-203.0.113.5\"><ip-netmask>203.0.113.5</ip-netmask>"
              "<tag><member>firebreak</member></tag></entry>"
              "<entry name=\"firebreak-evil.example\"><fqdn>evil.example</fqdn>"
              "<tag><member>firebreak</member></tag></entry></address>");
}

TEST_CASE("members are added to the static group and never replace it") {
    CHECK(decoded(form_of(SetMembers{{"a", "b"}}, place)) ==
          "type=config&action=set&xpath=" + vsys +
              "/address-group/entry[@name='blocked']/static&element=<member>a</member><member>b</member>");
}

TEST_CASE("a deletion names what it deletes") {
    CHECK(decoded(form_of(DeleteMembers{{"a", "b"}}, place)) ==
          "type=config&action=delete&xpath=" + vsys +
              "/address-group/entry[@name='blocked']/static/member[text()='a' or text()='b']");
    CHECK(decoded(form_of(DeleteObjects{{"a"}}, place)) ==
          "type=config&action=delete&xpath=" + vsys + "/address/entry[@name='a']");
}

TEST_CASE("a commit takes only our own administrator's changes along") {
    CHECK(decoded(form_of(StartCommit{"firebreak: 1 blocked & counted"}, place)) ==
          "type=commit&cmd=<commit><description>firebreak: 1 blocked &amp; counted</description>"
          "<partial><admin><member>fb</member></admin></partial></commit>");
}

TEST_CASE("a keygen's password stands apart from what may be shown") {
    const ApiRequest request = keygen_request("fb", Secret("p&ss=w rd"));
    CHECK(request.form == "type=keygen&user=fb");
    CHECK(request.tail.reveal() == "&password=p%26ss%3Dw%20rd");
    CHECK(request.key.empty());
}
