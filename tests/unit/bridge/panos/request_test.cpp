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

TEST_CASE("a batch goes in one set: the tag, the objects that refer to it, the members that refer to those") {
    SetMembers set;
    set.objects.push_back({"firebreak-203.0.113.5", Indicator::parse("203.0.113.5").value()});
    set.objects.push_back({"firebreak-evil.example", Indicator::parse("evil.example").value()});
    set.groups.push_back({"blocked", {"firebreak-203.0.113.5", "firebreak-evil.example"}, false});
    CHECK(decoded(form_of(set, place)) ==
          "type=config&action=set&xpath=" + vsys +
              "&element=<tag><entry name=\"firebreak\"/></tag><address>"
              "<entry name=\"firebreak-203.0.113.5\"><ip-netmask>203.0.113.5</ip-netmask>"
              "<tag><member>firebreak</member></tag></entry>"
              "<entry name=\"firebreak-evil.example\"><fqdn>evil.example</fqdn>"
              "<tag><member>firebreak</member></tag></entry></address><address-group><entry name=\"blocked\"><static>"
              "<member>firebreak-203.0.113.5</member><member>firebreak-evil.example</member></static></entry>"
              "</address-group>");
}

TEST_CASE("a tag that is not there is made with our mark, and read and deleted by its path") {
    SetMembers set;
    set.objects.push_back({"firebreak-203.0.113.5", Indicator::parse("203.0.113.5").value()});
    set.make_tag = true;
    CHECK(decoded(form_of(set, place))
              .find("<tag><entry name=\"firebreak\"><comments>made by firebreak for what it blocks"
                    "</comments></entry></tag><address>") != std::string::npos);
    CHECK(decoded(form_of(ReadTag{}, place)) ==
          "type=config&action=get&xpath=" + vsys + "/tag/entry[@name='firebreak']");
    CHECK(decoded(form_of(DeleteTag{}, place)) ==
          "type=config&action=delete&xpath=" + vsys + "/tag/entry[@name='firebreak']");
}

TEST_CASE("a child group carries our tag and says what it continues, and the parent names it") {
    SetMembers set;
    set.groups.push_back({"blocked-1", {"a"}, true});
    set.groups.push_back({"blocked", {"blocked-1"}, false});
    CHECK(decoded(form_of(set, place)) ==
          "type=config&action=set&xpath=" + vsys +
              "&element=<tag><entry name=\"firebreak\"/></tag><address-group><entry name=\"blocked-1\"><static>"
              "<member>a</member></static><description>firebreak: continues blocked</description>"
              "<tag><member>firebreak</member></tag></entry><entry name=\"blocked\"><static><member>blocked-1</member>"
              "</static></entry></address-group>");
}

TEST_CASE("a deletion names what it deletes, and from where") {
    CHECK(decoded(form_of(DeleteMembers{{"blocked", "blocked-1"}, {"a", "b"}}, place)) ==
          "type=config&action=delete&xpath=" + vsys +
              "/address-group/entry[@name='blocked' or @name='blocked-1']/static/member[text()='a' or text()='b']");
    CHECK(decoded(form_of(DeleteGroups{{"blocked-1"}}, place)) ==
          "type=config&action=delete&xpath=" + vsys + "/address-group/entry[@name='blocked-1']");
    CHECK(decoded(form_of(DeleteObjects{{"a"}}, place)) ==
          "type=config&action=delete&xpath=" + vsys + "/address/entry[@name='a']");
}

TEST_CASE("all groups are only shown where there are children") {
    CHECK(decoded(form_of(ReadGroups{.running = true, .children = false}, place)) ==
          "type=config&action=show&xpath=" + vsys + "/address-group/entry[@name='blocked']");
    CHECK(decoded(form_of(ReadGroups{.running = true, .children = false, .only = "blocked-3"}, place)) ==
          "type=config&action=show&xpath=" + vsys + "/address-group/entry[@name='blocked-3']");
    CHECK(decoded(form_of(ReadGroups{.running = true, .children = true}, place)) ==
          "type=config&action=show&xpath=" + vsys + "/address-group");
    CHECK(decoded(form_of(ReadGroups{.running = false, .children = true}, place)) ==
          "type=config&action=get&xpath=" + vsys + "/address-group/entry[contains(@name,'blocked')]");
}

TEST_CASE("a firewall with several virtual systems commits only ours") {
    Place second = place;
    second.vsys = "vsys2";
    CHECK_THAT(
        decoded(form_of(StartCommit{"x"}, second)),
        Catch::Contains("<partial><admin><member>fb</member></admin><vsys><member>vsys2</member></vsys></partial>"));
    CHECK_THAT(decoded(form_of(ReadObjects{}, second)), Catch::Contains("/vsys/entry[@name='vsys2']/address"));
}

TEST_CASE("a Panorama's objects are in its device group or in shared, and are pushed without anything else") {
    Place group = place;
    group.device_group = "branches";
    CHECK(objects_xpath(group) ==
          "/config/devices/entry[@name='localhost.localdomain']/device-group/entry[@name='branches']");
    CHECK_THAT(decoded(form_of(StartCommit{"x"}, group)),
               Catch::Contains("</admin><device-group><member>branches</member></device-group></partial>"));
    CHECK(decoded(form_of(StartPush{{{"branches", "001"}, {"branches", "002"}, {"south", "003"}}, "x"}, group)) ==
          "type=commit&action=all&cmd=<commit-all><shared-policy><device-group>"
          "<entry name=\"branches\"><devices><entry name=\"001\"/><entry name=\"002\"/></devices></entry>"
          "<entry name=\"south\"><devices><entry name=\"003\"/></devices></entry></device-group>"
          "<description>x</description><include-template>no</include-template><force-template-values>no"
          "</force-template-values><merge-with-candidate-cfg>no</merge-with-candidate-cfg></shared-policy>"
          "</commit-all>");
    group.device_group = "shared";
    CHECK(objects_xpath(group) == "/config/shared");
    CHECK_THAT(decoded(form_of(StartCommit{"x"}, group)),
               Catch::Contains("<partial><admin><member>fb</member></admin></partial>"));
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

TEST_CASE("a registration names vsys, address and tag, and persists; its time goes with the tag") {
    RegisterAddresses message;
    message.gone = {IpAddress::parse("203.0.113.1").value()};
    message.fresh = {IpAddress::parse("203.0.113.5").value(), IpAddress::parse("2001:DB8::5").value()};
    const std::string begin =
        "type=user-id&vsys=vsys1&cmd=<uid-message><version>2.0</version><type>update</type><payload>";
    CHECK(decoded(form_of(message, place)) ==
          begin +
              "<unregister><entry ip=\"203.0.113.1\"><tag><member>firebreak</member></tag></entry></unregister>"
              "<register><entry ip=\"203.0.113.5\" persistent=\"1\"><tag><member>firebreak</member></tag></entry>"
              "<entry ip=\"2001:db8::5\" persistent=\"1\"><tag><member>firebreak</member></tag></entry></register>"
              "</payload></uid-message>");
    message.gone.clear();
    message.fresh.pop_back();
    message.timeout = std::chrono::hours(1);
    CHECK(decoded(form_of(message, place)) == begin +
                                                  "<register><entry ip=\"203.0.113.5\" persistent=\"1\"><tag><member "
                                                  "timeout=\"3600\">firebreak</member></tag>"
                                                  "</entry></register></payload></uid-message>");
}

TEST_CASE("the table of registered addresses is asked for our tag, by pages where the release knows them") {
    const std::string begin = "type=op&vsys=vsys1&cmd=<show><object><registered-ip>";
    CHECK(decoded(form_of(ReadRegistered{501, 500}, place)) ==
          begin +
              "<tag><entry name=\"firebreak\"/></tag><limit>500</limit><start-point>501</start-point>"
              "</registered-ip></object></show>");
    CHECK(decoded(form_of(ReadRegistered{1, 0}, place)) ==
          begin + "<tag><entry name=\"firebreak\"/></tag></registered-ip></object></show>");
    CHECK(decoded(form_of(ReadRegisteredAddress{IpAddress::parse("203.0.113.5").value()}, place)) ==
          begin + "<ip>203.0.113.5</ip></registered-ip></object></show>");
}

TEST_CASE("a firewall is told to fetch a list, and asked what it holds, by kind and name") {
    const std::string begin = "type=op&vsys=vsys1&cmd=<request><system><external-list>";
    CHECK(decoded(form_of(RefreshList{ListKind::ip, "fb-ip"}, place)) ==
          begin + "<refresh><type><ip><name>fb-ip</name></ip></type></refresh></external-list></system></request>");
    CHECK(decoded(form_of(ReadList{ListKind::domain, "fb & co", 101, 100}, place)) ==
          begin +
              "<show><type><domain><name>fb &amp; co</name><num-records>100</num-records><anchor>101</anchor>"
              "</domain></type></show></external-list></system></request>");
}
