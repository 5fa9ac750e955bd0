#include "bridge/panos/reply.hpp"

#include <catch2/catch.hpp>

#include "bridge/panos/long_answer.hpp"
#include "unit/bridge/panos/told.hpp"

using namespace bridge::domain;
using namespace bridge::panos;

namespace {

const Place place{.vsys = "vsys1", .group = "blocked", .tag = "firebreak", .admin = "fb"};

/// As a whole, and where the answer may be long also while it comes, cut in two at every byte.
Result<Reply> read(const Call& call, const std::string& body, unsigned status = 200) {
    auto reply = read_reply(call, {status, body}, place);
    for (std::size_t at = 0; LongAnswer::is_due(call) && at <= body.size(); ++at) {
        const auto reader = LongAnswer::to(call, place);
        reader->take(std::string_view(body).substr(0, at));
        reader->take(std::string_view(body).substr(at));
        REQUIRE(test::told(reader->finish(status)) == test::told(reply));
    }
    return reply;
}

Errc code_of(const std::string& body, unsigned status = 200) {
    const auto reply = read(StartCommit{""}, body, status);
    REQUIRE_FALSE(reply);
    return reply.error().code;
}

}  // namespace

TEST_CASE("an enqueued commit names its job, and an empty one has none") {
    const auto queued =
        read(StartCommit{""},
             "<response status=\"success\" code=\"19\"><result><msg><line>Commit job enqueued with jobid "
             "4</line></msg><job>4</job></result></response>");
    REQUIRE(queued);
    CHECK(std::get<CommitAnswered>(*queued).job == 4U);
    const auto empty =
        read(StartCommit{""},
             "<response status=\"success\" code=\"19\"><msg>There are no changes to commit.</msg></response>");
    REQUIRE(empty);
    CHECK_FALSE(std::get<CommitAnswered>(*empty).job);
}

TEST_CASE("errors are sorted by what to do about them") {
    CHECK(code_of("<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>",
                  403) == Errc::key_rejected);
    CHECK(code_of("<response status=\"unauth\" code=\"16\"><msg><line>Unauthorized request</line></msg></response>") ==
          Errc::not_permitted);
    CHECK(
        code_of("<response status=\"error\" code=\"14\"><msg><line>Other administrators are holding device wide commit "
                "locks.</line></msg></response>") == Errc::locked);
    CHECK(code_of("<response status=\"error\"><msg><line>Config for scope shared is currently locked by "
                  "alice</line></msg></response>") == Errc::locked);
    CHECK(code_of("<response status=\"error\"><msg><line>Another commit/validate is in progress. Please try again "
                  "later</line></msg></response>") == Errc::busy);
    CHECK(code_of("<response status=\"error\"><msg><line>Timed out while getting config lock. Please try "
                  "again.</line></msg></response>") == Errc::busy);
    CHECK(code_of("<html>Bad Gateway</html>", 502) == Errc::busy);
    CHECK(code_of("<response status=\"error\" code=\"22\"><msg><line>Session timed out</line></msg></response>") ==
          Errc::key_rejected);
    CHECK(code_of("<response status=\"error\" code=\"12\"><msg><line><line><![CDATA[ a -> b is "
                  "invalid]]></line></line></msg></response>") == Errc::refused);
}

TEST_CASE("a registration's answer that is cut, or stands under an HTTP error, registers nothing") {
    const std::string whole =
        "<response status=\"error\"><msg><line><uid-response><version>2.0</version><payload><register><entry "
        "ip=\"203.0.113.5\" message=\"no\"/></register></payload></uid-response></line></msg></response>";
    CHECK(read(RegisterAddresses{}, whole));
    for (std::size_t size = whole.find("<version>"); size < whole.size(); ++size) {
        INFO(size);
        const auto cut = read(RegisterAddresses{}, whole.substr(0, size));
        REQUIRE_FALSE(cut);
        CHECK(cut.error().code == Errc::malformed);
    }
    CHECK_FALSE(read(RegisterAddresses{}, whole, 400));
    CHECK_FALSE(read(RegisterAddresses{}, whole, 403));
    CHECK_FALSE(read(RegisterAddresses{}, whole, 502));
}

TEST_CASE("success under an HTTP error or redirect is none") {
    const std::string done = "<response status=\"success\" code=\"20\"><msg>command succeeded</msg></response>";
    CHECK(read(SetMembers{}, done, 200));
    const unsigned status = GENERATE(302U, 400U, 404U, 429U);
    CHECK(code_of(done, status) == Errc::malformed);
}

TEST_CASE("a group is missing when the device answers so, not when HTTP refuses the call") {
    const std::string gone =
        "<response status=\"error\" code=\"7\"><msg><line>Object not present</line></msg></response>";
    const auto answered = read(ReadGroups{}, gone, 200);
    REQUIRE(answered);
    CHECK(std::get<GroupsSeen>(*answered).groups.empty());
    const unsigned http = GENERATE(202U, 400U, 404U);
    CHECK(read(ReadGroups{}, gone, http).error().code == Errc::malformed);
}

TEST_CASE("whatever was asked for is missing when the device answers so, not when HTTP refuses the call") {
    const std::string gone =
        "<response status=\"error\" code=\"7\"><msg><line>job 19 not found</line></msg></response>";
    const std::string no_node = "<response status=\"error\"><msg><line>No such node</line></msg></response>";
    const auto call = GENERATE(as<Call>(), ReadJob{19}, ReadPush{19}, ReadObjects{}, DeleteMembers{}, DeleteObjects{});
    for (const std::string& body : {gone, no_node}) {
        CHECK(read(call, body).error().code == Errc::missing);
        for (const unsigned http : {202U, 400U, 404U}) {
            const auto refused = read(call, body, http);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == Errc::malformed);
            CHECK_THAT(refused.error().detail, Catch::Contains("HTTP " + std::to_string(http)));
        }
    }
}

TEST_CASE("a tag is ours while it has our mark, and nothing beside it") {
    const auto tag = [](const std::string& entry) {
        const auto seen = read(ReadTag{}, "<response status=\"success\"><result>" + entry + "</result></response>");
        REQUIRE(seen);
        return std::get<TagSeen>(*seen);
    };
    const std::string mark = "<comments>made by firebreak for what it blocks</comments>";
    CHECK_FALSE(tag("").there);
    CHECK(tag("<entry name=\"firebreak\"/>").there);
    CHECK_FALSE(tag("<entry name=\"firebreak\"/>").ours);
    CHECK(tag("<entry name=\"firebreak\">" + mark + "</entry>").ours);
    CHECK_FALSE(tag("<entry name=\"firebreak\">" + mark + "<color>color3</color></entry>").ours);
    CHECK_FALSE(tag("<entry name=\"firebreak\"><comments>for the bridge</comments></entry>").ours);
    CHECK_FALSE(tag("<entry name=\"another\">" + mark + "</entry>").there);
    const std::string gone =
        "<response status=\"error\" code=\"7\"><msg><line>Object not present</line></msg></response>";
    const auto missing = read(ReadTag{}, gone);
    REQUIRE(missing);
    CHECK_FALSE(std::get<TagSeen>(*missing).there);
    CHECK_FALSE(read(ReadTag{}, gone, 400));
}

TEST_CASE("an answer that was cut, is no XML, or is something else is malformed") {
    const auto* body = GENERATE("", "<response status=\"success\"", "garbage", "<html/>",
                                "<response code=\"19\"><result/></response>");
    CHECK(code_of(body) == Errc::malformed);
}

TEST_CASE("an error's text is found wherever the device puts it, in one line") {
    const auto reply =
        read(SetMembers{},
             "<response status=\"error\" code=\"12\"><msg><line><![CDATA[ G -> static 'x' is not a valid "
             "reference]]></line><line><![CDATA[ G -> static is invalid]]></line></msg></response>");
    REQUIRE_FALSE(reply);
    CHECK(reply.error().detail == "G -> static 'x' is not a valid reference; G -> static is invalid (code 12)");
}

TEST_CASE("a deletion of nothing has succeeded") {
    CHECK(read(DeleteMembers{}, "<response status=\"success\" code=\"7\"><msg>Object doesn't exist</msg></response>"));
}

TEST_CASE("finished and succeeded are two facts") {
    const auto job = [](const std::string& status, const std::string& result) {
        const auto reply = read(ReadJob{2},
                                "<response status=\"success\"><result><job><tenq>2018/06/12 04:36:45</tenq>"
                                "<tdeq>23:59:50</tdeq><id>2</id><type>Commit</type><status>" +
                                    status + "</status><result>" + result +
                                    "</result><tfin>2018/06/13 00:00:02</tfin><progress>75</progress>"
                                    "<details><line>Validation Error:</line></details></job></result></response>");
        REQUIRE(reply);
        return std::get<JobSeen>(*reply);
    };
    CHECK(job("ACT", "PEND").state == JobSeen::State::running);
    CHECK(job("ACT", "PEND").progress == 75);
    CHECK(job("PEND", "PEND").state == JobSeen::State::queued);
    CHECK(job("FIN", "OK").state == JobSeen::State::succeeded);
    CHECK(job("FIN", "OK").took == std::chrono::seconds(12));
    CHECK(job("FIN", "FAIL").state == JobSeen::State::failed);
    CHECK(job("FIN", "FAIL").details == "Validation Error:");
}

TEST_CASE("a job that is not there is missing, also one that configd lost") {
    const auto unknown =
        read(ReadJob{19}, "<response status=\"error\" code=\"7\"><msg><line>job 19 not found</line></msg></response>");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == Errc::missing);
    const auto lost = read(ReadJob{19},
                           "<response status=\"success\"><result><job><type>Failed-Job</type><details><line>job failed "
                           "because of configd restart</line></details><warnings/></job></result></response>");
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == Errc::missing);
}

TEST_CASE("of all jobs only our own unfinished commit counts") {
    const auto reply =
        read(ReadJobs{},
             "<response status=\"success\"><result>"
             "<job><id>9</id><user>alice</user><type>Commit</type><status>ACT</status></job>"
             "<job><id>8</id><user>fb</user><type>Commit</type><status>PEND</status></job>"
             "<job><id>7</id><user>fb</user><type>Commit</type><status>FIN</status></job>"
             "<job><id>6</id><user>fb</user><type>Validate</type><status>ACT</status></job></result></response>");
    REQUIRE(reply);
    CHECK(std::get<JobsSeen>(*reply).ours == 8U);
}

TEST_CASE("a group that is not in the running configuration does not exist") {
    const auto none = read(ReadGroups{}, "<response status=\"error\"><msg><line>No such node</line></msg></response>");
    REQUIRE(none);
    CHECK(std::get<GroupsSeen>(*none).find("blocked") == nullptr);
    const auto some = read(ReadGroups{},
                           "<response status=\"success\"><result><entry name=\"blocked\"><static><member>a</member>"
                           "<member>b</member></static></entry></result></response>");
    REQUIRE(some);
    CHECK(std::get<GroupsSeen>(*some).find("blocked")->members == NameList{"a", "b"});
    const auto dynamic =
        read(ReadGroups{},
             "<response status=\"success\"><result><entry name=\"blocked\"><dynamic><filter>'x'</filter>"
             "</dynamic></entry></result></response>");
    REQUIRE(dynamic);
    CHECK_FALSE(std::get<GroupsSeen>(*dynamic).find("blocked")->is_static);
}

TEST_CASE("of all groups only ours and its children are told, and whose a child is by its tag") {
    const std::string groups =
        "<entry name=\"other\"><static><member>x</member></static></entry>"
        "<entry name=\"blocked\"><static><member>blocked-1</member></static></entry>"
        "<entry name=\"blocked-1\"><static><member>a</member></static><tag><member>firebreak</member></tag></entry>"
        "<entry name=\"blocked-2\"><static><member>b</member></static></entry>"
        "<entry name=\"blocked-02\"><static><member>c</member></static></entry>"
        "<entry name=\"blocked-x\"><static><member>d</member></static></entry>";
    const std::string container = GENERATE(as<std::string>(), "address-group", "policy><panorama><address-group");
    const std::string end = container == "address-group" ? "</address-group>" : "</address-group></panorama></policy>";
    const auto reply =
        read(ReadGroups{.running = true, .children = true},
             "<response status=\"success\"><result><" + container + ">" + groups + end + "</result></response>");
    REQUIRE(reply);
    const auto& seen = std::get<GroupsSeen>(*reply);
    REQUIRE(seen.groups.size() == 3);
    CHECK(seen.find("blocked-1")->ours);
    CHECK_FALSE(seen.find("blocked-2")->ours);
}

TEST_CASE("a push is over device by device, and says why one failed") {
    const auto reply = read(
        ReadPush{12},
        "<response status=\"success\"><result><job><id>12</id><type>CommitAll</type><status>FIN</status>"
        "<result>OK</result><progress>100</progress><devices>"
        "<entry><serial-no>001</serial-no><status>commit succeeded with warnings</status><result>OK</result></entry>"
        "<entry><serial-no>002</serial-no><status>commit failed</status><result>FAIL</result><details><msg><errors>"
        "<line>zone 'x' is not a valid reference</line></errors><warnings/></msg></details></entry>"
        "<entry><serial-no>003</serial-no><status></status><result>PEND</result><details></details></entry>"
        "</devices></job></result></response>");
    REQUIRE(reply);
    const auto& seen = std::get<PushSeen>(*reply);
    CHECK(seen.over);
    REQUIRE(seen.devices.size() == 3);
    CHECK(seen.devices[0].state == PushSeen::Device::State::succeeded);
    CHECK(seen.devices[1].state == PushSeen::Device::State::failed);
    CHECK(seen.devices[1].details == "commit failed: zone 'x' is not a valid reference");
    CHECK(seen.devices[2].state == PushSeen::Device::State::pending);
}

TEST_CASE("a device group's firewalls, and those of the groups below it") {
    const auto below = read_groups_below({200,
                                          "<response status=\"success\"><result><dg-hierarchy><dg name=\"a\">"
                                          "<dg name=\"b\"><dg name=\"c\"/></dg></dg><dg name=\"d\"/></dg-hierarchy>"
                                          "</result></response>"},
                                         "b");
    REQUIRE(below);
    CHECK(*below == std::vector<std::string>{"b", "c"});
    const ApiReply groups{200,
                          "<response status=\"success\"><result><devicegroups>"
                          "<entry name=\"c\"><devices><entry name=\"001\"><connected>yes</connected>"
                          "<shared-policy-status>In Sync</shared-policy-status><hostname>fw1</hostname></entry>"
                          "<entry name=\"002\"><connected>no</connected><shared-policy-status></shared-policy-status>"
                          "</entry></devices></entry>"
                          "<entry name=\"d\"><devices><entry name=\"003\"><connected>yes</connected></entry></devices>"
                          "</entry></devicegroups></result></response>"};
    const auto some = read_devices(groups, *below);
    REQUIRE(some);
    REQUIRE(some->devices.size() == 2);
    CHECK(some->devices[0].in_sync);
    CHECK(some->devices[0].name == "fw1");
    CHECK_FALSE(some->devices[1].connected);
    CHECK(read_devices(groups, {})->devices.size() == 3);
}

TEST_CASE("which of a pair a device is") {
    const auto state = [](const std::string& inner) {
        return read_ha_state({200, "<response status=\"success\"><result>" + inner + "</result></response>"});
    };
    const auto firewall = state(
        "<enabled>yes</enabled><group><local-info><state>active</state></local-info>"
        "<peer-info><conn-status>up</conn-status><state>passive</state></peer-info></group>");
    REQUIRE(firewall);
    CHECK(firewall->active());
    CHECK(firewall->peer_connected);
    CHECK_FALSE(
        state("<enabled>yes</enabled><group><local-info><state>passive</state></local-info></group>")->active());
    CHECK(state("<enabled>yes</enabled><local-info><state>primary-active</state></local-info>")->active());
    CHECK_FALSE(state("<enabled>no</enabled>")->enabled);
    CHECK_FALSE(state("<enabled>yes</enabled>"));
}

TEST_CASE("what a device can hold, as far as it tells") {
    const auto limits = read_limits({200,
                                     "<response status=\"success\" code=\"19\"><result><limits><max-address>10000"
                                     "</max-address><max-address-per-group>2500</max-address-per-group></limits>"
                                     "</result></response>"});
    REQUIRE(limits);
    CHECK(limits->objects_max == 10'000U);
    CHECK(limits->group_members_max == 2500U);
    const auto silent = read_limits({200, "<response status=\"success\" code=\"7\"><result/></response>"});
    REQUIRE(silent);
    CHECK_FALSE(silent->objects_max);
}

TEST_CASE("objects are ours by their tag, not by their name") {
    const auto reply =
        read(ReadObjects{},
             "<response status=\"success\" code=\"19\"><result total-count=\"3\" count=\"3\">"
             "<entry name=\"firebreak-203.0.113.5\"><ip-netmask>203.0.113.5</ip-netmask><tag><member>firebreak</member>"
             "</tag></entry>"
             "<entry name=\"firebreak-203.0.113.6\"><ip-range>203.0.113.6-203.0.113.9</ip-range></entry>"
             "<entry name=\"old-firebreak-x\"><fqdn>x.example</fqdn></entry></result></response>");
    REQUIRE(reply);
    const auto& seen = std::get<ObjectsSeen>(*reply);
    CHECK(seen.as_named == NameList{"firebreak-203.0.113.5"});
    REQUIRE(seen.objects.size() == 1);
    CHECK_FALSE(seen.objects[0].ours);
    CHECK(seen.objects[0].kind == "ip-range");
}

TEST_CASE("the owner of a lock is named with time and comment") {
    CHECK(
        read_lock_owners({200,
                          "<response status=\"success\"><result><commit-locks><entry name=\"alice\"><type>shared</type>"
                          "<created>2026/06/01 12:00:00</created><comment><![CDATA[maintenance]]></comment></entry>"
                          "</commit-locks></result></response>"}) ==
        "commit lock held by alice since 2026/06/01 12:00:00 (maintenance)");
    CHECK(read_lock_owners({200, "<response status=\"success\"><result><commit-locks/></result></response>"}).empty());
}

TEST_CASE("a registration that is taken whole refuses nothing") {
    const auto reply = read(RegisterAddresses{},
                            "<response status=\"success\"><result><uid-response><version>2.0</version><payload>"
                            "<register></register></payload></uid-response></result></response>");
    REQUIRE(reply);
    const auto& answer = std::get<RegistrationAnswered>(*reply);
    CHECK(answer.existed.empty());
    CHECK(answer.refused.empty());
}

TEST_CASE("of a registration, what exists already and what is gone already is no error; the rest is, entry by entry") {
    const auto reply = read(
        RegisterAddresses{},
        "<response status=\"error\"><msg><line><uid-response><version>2.0</version><payload><register>"
        "<entry ip=\"203.0.113.1\" message=\"tag firebreak already exists, ignore\"/>"
        "<entry ip=\"203.0.113.2\" message=\"Failed to register ip 203.0.113.2, the maximum is reached\"/></register>"
        "<unregister><entry ip=\"203.0.113.3\" message=\"ip 203.0.113.3 does not exist, ignore unreg\"/>"
        "<entry ip=\"203.0.113.4\" message=\"tag firebreak does not exist, ignore unreg\"/>"
        "<entry ip=\"2001:DB8::5\" message=\"Failed to unregister\"/></unregister>"
        "</payload></uid-response></line></msg></response>");
    REQUIRE(reply);
    const auto& answer = std::get<RegistrationAnswered>(*reply);
    REQUIRE(answer.existed.size() == 1);
    CHECK(answer.existed[0].text() == "203.0.113.1");
    REQUIRE(answer.refused.size() == 2);
    CHECK(answer.refused[0].address.text() == "2001:db8::5");
    CHECK_FALSE(answer.refused[0].fresh);
    CHECK(answer.refused[1].address.text() == "203.0.113.2");
    CHECK(answer.refused[1].fresh);
    CHECK(answer.refused[1].message == "Failed to register ip 203.0.113.2, the maximum is reached");
}

TEST_CASE("an answer to a registration that is none is no success") {
    CHECK(read(RegisterAddresses{}, "<response status=\"success\"><result/></response>").error().code ==
          Errc::malformed);
    CHECK(read(RegisterAddresses{}, "<html><body>login</body></html>").error().code == Errc::malformed);
    CHECK(read(RegisterAddresses{}, "<response status=\"success\"><result><uid-resp").error().code == Errc::malformed);
    CHECK(read(RegisterAddresses{},
               "<response status=\"error\"><msg><line><uid-response><payload><register><entry ip=\"nonsense\" "
               "message=\"Failed to register\"/></register></payload></uid-response></line></msg></response>")
              .error()
              .code == Errc::malformed);
    CHECK(read(RegisterAddresses{},
               "<response status=\"error\"><msg><line>vsys vsys9 does not exist</line></msg></response>")
              .error()
              .code == Errc::refused);
    CHECK(read(RegisterAddresses{}, "<response status=\"success\"><result/></response>", 502).error().code ==
          Errc::busy);
}

TEST_CASE("of the registered addresses those count that carry our tag") {
    const auto reply = read(
        ReadRegistered{1, 500},
        "<response status=\"success\"><result><entry from_agent=\"0\" ip=\"203.0.113.1\" persistent=\"1\"><tag>"
        "<member>firebreak</member></tag></entry><entry ip=\"203.0.113.2\"><tag><member>other</member></tag></entry>"
        "<entry ip=\"203.0.113.0/24\"><tag><member>firebreak</member></tag></entry><entry ip=\"2001:DB8::5/128\"><tag>"
        "<member>other</member><member>firebreak</member></tag></entry><count>4</count></result></response>");
    REQUIRE(reply);
    const auto& seen = std::get<RegisteredSeen>(*reply);
    CHECK(seen.entries == 4);
    CHECK_FALSE(seen.cut);
    REQUIRE(seen.addresses.size() == 2);
    CHECK(seen.addresses[0].text() == "203.0.113.1");
    CHECK(seen.addresses[1].text() == "2001:db8::5");
}

TEST_CASE("a table that went to a file is seen as cut") {
    const auto reply =
        read(ReadRegistered{1, 0},
             "<response status=\"success\"><result><msg><line><outfile>registered-ip.xml</outfile></line>"
             "</msg></result></response>");
    REQUIRE(reply);
    CHECK(std::get<RegisteredSeen>(*reply).cut);
}

TEST_CASE("a dynamic group tells its match, in the configuration and among those in use") {
    const auto configured =
        read(ReadGroups{},
             "<response status=\"success\"><result><entry name=\"blocked\"><dynamic><filter>'firebreak'"
             "</filter></dynamic></entry></result></response>");
    REQUIRE(configured);
    const GroupSeen* group = std::get<GroupsSeen>(*configured).find("blocked");
    REQUIRE(group != nullptr);
    CHECK_FALSE(group->is_static);
    CHECK(group->filter == "'firebreak'");
    const std::string in_use =
        "<response cmd=\"status\" status=\"success\"><result><dyn-addr-grp><entry><vsys>vsys1</vsys><group-name>NAME"
        "</group-name><filter>'firebreak' or 'x'</filter><member-list/></entry></dyn-addr-grp></result></response>";
    auto with = [&in_use](const std::string& name) {
        std::string text = in_use;
        return text.replace(text.find("NAME"), 4, name);
    };
    const auto ours = read(ReadDynamicGroup{}, with("blocked"));
    REQUIRE(ours);
    group = std::get<GroupsSeen>(*ours).find("blocked");
    REQUIRE(group != nullptr);
    CHECK_FALSE(group->is_static);
    CHECK(group->filter == "'firebreak' or 'x'");
    const auto other = read(ReadDynamicGroup{}, with("blocked-too"));
    REQUIRE(other);
    CHECK(std::get<GroupsSeen>(*other).groups.empty());
}

TEST_CASE("a device tells its release, and an answer without one is not taken for it") {
    const auto told = read(ReadSystem{},
                           "<response status=\"success\"><result><system><model>PA-850</model><sw-version>10.1.9-h1"
                           "</sw-version></system></result></response>");
    REQUIRE(told);
    CHECK(std::get<SystemSeen>(*told).release == "10.1.9-h1");
    CHECK(std::get<SystemSeen>(*told).model == "PA-850");
    CHECK(read(ReadSystem{}, "<response status=\"success\"><result/></response>").error().code == Errc::malformed);
}

TEST_CASE("a list shows its members and how many it leaves out") {
    const auto reply = read(
        ReadList{ListKind::ip, "fb-ip", 1, 100},
        "<response status=\"success\"><result total-count=\"2\" "
        "count=\"2\"><external-list><vsys>vsys1</vsys><name>fb-ip"
        "</name><total-valid>2</total-valid><total-ignored>7</total-ignored><total-invalid>0</total-invalid>"
        "<valid-members><member>240.0.0.0</member><member>203.0.113.5</member></valid-members></external-list></result>"
        "</response>");
    REQUIRE(reply);
    const auto& seen = std::get<ListSeen>(*reply);
    CHECK(seen.valid == 2);
    CHECK(seen.ignored == 7);
    CHECK(seen.members == std::vector<std::string>{"240.0.0.0", "203.0.113.5"});
    CHECK(read(ReadList{ListKind::ip, "fb-ip", 1, 100}, "<response status=\"success\"><result/></response>")
              .error()
              .code == Errc::malformed);
}

TEST_CASE("the registered addresses are counted, and an answer without a number is none") {
    const auto counted =
        read(CountRegistered{}, "<response status=\"success\"><result><count>812</count></result></response>");
    REQUIRE(counted);
    CHECK(std::get<RegisteredCounted>(*counted).addresses == 812);
    CHECK(read(CountRegistered{}, "<response status=\"success\"><result/></response>").error().code == Errc::refused);
}
