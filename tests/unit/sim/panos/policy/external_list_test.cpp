#include "sim/panos/policy/external_list.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "bench.hpp"
#include "sim/panos/machine/factory.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// A web server of lists: answers when the test says so, or at once.
struct Pages final : ListFetcher {
    std::map<std::string, Text> pages;
    std::vector<ListRequest> requests;
    std::deque<std::pair<std::string, Done>> waiting;
    bool at_once = true;

    void fetch(const ListRequest& request, Done done) override {
        requests.push_back(request);
        waiting.emplace_back(request.url, std::move(done));
        if (at_once) {
            answer();
        }
    }
    void answer() {
        while (!waiting.empty()) {
            const auto [url, done] = std::move(waiting.front());
            waiting.pop_front();
            const auto at = pages.find(url);
            done(at == pages.end() ? Text(tl::make_unexpected(std::string("Couldn't resolve host name"))) : at->second);
        }
    }
};

const std::string url = "https://lists.example/block.txt";
const std::string lists = vsys1 + "/external-list";

std::string ip_list(const std::string& recurring = "<hourly/>", const std::string& more = "") {
    return "<type><ip><url>" + url + "</url>" + more + "<recurring>" + recurring + "</recurring></ip></type>";
}

struct WithList : Bench {
    explicit WithList(std::shared_ptr<Pages> with) : Bench(made(with)), pages(std::move(with)) {}

    std::shared_ptr<Pages> pages;

    static DeviceOptions made(std::shared_ptr<Pages> with) {
        DeviceOptions made = options();
        made.list_fetcher = std::move(with);
        return made;
    }
    void block(const std::string& definition = ip_list()) {
        set(lists + "/entry[@name='edl']", definition);
        set(rule("block"),
            "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
            "<destination><member>edl</member></destination><service><member>any</member></service>"
            "<application><member>any</member></application><action>deny</action>");
        config("move", rule("block"), "", {{"where", "top"}});
        activate();
    }
    std::string edl(const std::string& what) {
        return op("<request><system><external-list>" + what + "</external-list></system></request>");
    }
    std::string refresh() { return edl("<refresh><type><ip><name>edl</name></ip></type></refresh>"); }
    const ExternalList& list() const { return *device->lists().find({"vsys1", "edl"}); }
};

std::shared_ptr<Pages> pages_with(const std::string& text) {
    auto pages = std::make_shared<Pages>();
    pages->pages[url] = text;
    return pages;
}

}  // namespace

TEST_CASE("a list is fetched by the commit that adds it, and blocks", "[sim][panos][lists]") {
    WithList fw(pages_with("203.0.113.5\n"));
    CHECK(fw.pages->requests.empty());
    fw.block();
    REQUIRE(fw.pages->requests.size() == 1);
    CHECK(fw.pages->requests[0].url == url);
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK_FALSE(fw.device->blocks("203.0.113.6"));
    CHECK_THAT(fw.job(3), Contains("<type>EDLRefresh</type><status>FIN</status>") && Contains("<result>OK</result>"));
    fw.set(address("other"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.activate();
    CHECK(fw.pages->requests.size() == 1);
}

TEST_CASE("the answer may come later: until then the job runs and nothing is blocked", "[sim][panos][lists]") {
    WithList fw(pages_with("203.0.113.5\n"));
    fw.pages->at_once = false;
    fw.set(lists + "/entry[@name='edl']", ip_list());
    fw.commit();
    fw.wait(25s);
    CHECK_THAT(fw.job(3), Contains("<status>ACT</status>"));
    fw.pages->answer();
    CHECK(fw.device->next_event() == fw.now);
    fw.wait(0s);
    CHECK_THAT(fw.job(3), Contains("<status>ACT</status>"));
    fw.wait(1s);
    CHECK_THAT(fw.job(3), Contains("<status>FIN</status>") && Contains("<result>OK</result>"));
    CHECK(fw.list().content.valid == std::vector<std::string>{"203.0.113.5"});
}

TEST_CASE("an answer that does not come fails the job, and comes to nothing later", "[sim][panos][lists]") {
    WithList fw(pages_with("203.0.113.5\n"));
    fw.pages->at_once = false;
    fw.block();
    CHECK_THAT(fw.job(3), Contains("<result>FAIL</result>") && Contains("Timeout was reached"));
    fw.pages->answer();
    fw.wait(60s);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("a late answer to a device that is gone is nobody's", "[sim][panos][lists]") {
    auto pages = pages_with("203.0.113.5\n");
    pages->at_once = false;
    {
        WithList fw(pages);
        fw.block();
    }
    pages->answer();
    CHECK(pages->waiting.empty());
}

TEST_CASE("a refresh that fails keeps what there was", "[sim][panos][lists]") {
    WithList fw(pages_with("203.0.113.5\n"));
    fw.block();
    fw.pages->pages.clear();
    CHECK(fw.refresh() == "<response status=\"success\"><result>EDL refresh job enqueued</result></response>");
    fw.wait(5s);
    CHECK_THAT(fw.job(4), Contains("<result>FAIL</result>") && Contains("Couldn't resolve host name") &&
                              Contains("Using old copy for refresh"));
    CHECK(fw.device->blocks("203.0.113.5"));
    fw.pages->pages[url] = "203.0.113.6\n";
    fw.refresh();
    fw.wait(5s);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    CHECK(fw.device->blocks("203.0.113.6"));
}

TEST_CASE("without a fetcher lists stay empty and their refresh fails", "[sim][panos][lists]") {
    WithList fw(nullptr);
    fw.block();
    CHECK_THAT(fw.job(3), Contains("<type>EDLRefresh</type>") && Contains("<result>FAIL</result>"));
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    CHECK_FALSE(fw.device->next_event().has_value());
}

TEST_CASE("a list is fetched again at its recurring time", "[sim][panos][lists]") {
    WithList fw(pages_with("203.0.113.5\n"));
    fw.block(ip_list("<five-minute/>"));
    const auto due = fw.device->next_event();
    REQUIRE(due.has_value());
    CHECK(*due - fw.now <= 300s);
    fw.pages->pages[url] = "203.0.113.6\n";
    fw.now = *due;
    fw.device->advance(fw.now);
    fw.wait(2s);
    CHECK(fw.pages->requests.size() == 2);
    CHECK(fw.device->blocks("203.0.113.6"));
    CHECK(fw.device->next_event() == *due + 300s);
}

TEST_CASE("recurring times are those of the clock", "[sim][panos][lists]") {
    const auto next = [](const std::string& recurring) {
        const NodePtr root =
            *read_configuration("<config><shared><external-list><entry name=\"l\"><type><ip><url>u</url><recurring>" +
                                recurring + "</recurring></ip></type></entry></external-list></shared></config>");
        return next_refresh(*root->child("shared")->child("external-list")->child("entry", "l"), start);
    };
    // `start` is Tuesday, 2018-06-12 04:36:45
    const auto at = [](unsigned month, unsigned day, int hour, int minute) {
        return Instant(
            std::chrono::sys_days(std::chrono::year(2018) / std::chrono::month(month) / std::chrono::day(day)) +
            std::chrono::hours(hour) + std::chrono::minutes(minute));
    };
    CHECK(next("<five-minute/>") == at(6, 12, 4, 41));
    CHECK(next("<hourly/>") == at(6, 12, 5, 0));
    CHECK(next("<daily><at>03</at></daily>") == at(6, 13, 3, 0));
    CHECK(next("<daily><at>23</at></daily>") == at(6, 12, 23, 0));
    CHECK(next("<weekly><day-of-week>tuesday</day-of-week><at>04</at></weekly>") == at(6, 19, 4, 0));
    CHECK(next("<weekly><day-of-week>wednesday</day-of-week><at>00</at></weekly>") == at(6, 13, 0, 0));
    CHECK(next("<monthly><day-of-month>1</day-of-month><at>02</at></monthly>") == at(7, 1, 2, 0));
    CHECK(next("<monthly><day-of-month>12</day-of-month><at>05</at></monthly>") == at(6, 12, 5, 0));
    CHECK_FALSE(next("").has_value());
}

TEST_CASE("an entry is an address, a subnet or a range, and the rest of its line is comment", "[sim][panos][lists]") {
    const ListContent content =
        read_list(ListKind::ip,
                  "\xEF\xBB\xBF# a list\r\n203.0.113.5\r\n  198.51.100.0/24 # a net\r\n\n"
                  "192.0.2.1-192.0.2.9\t; a range\n2001:db8::/32\n; more\n// more\nevil.example\n"
                  "203.0.113.300\n203.0.113.7",
                  {}, 100);
    CHECK(content.valid == std::vector<std::string>{"203.0.113.5", "198.51.100.0/24", "192.0.2.1-192.0.2.9",
                                                    "2001:db8::/32", "203.0.113.7"});
    CHECK(content.invalid == std::vector<std::string>{"evil.example", "203.0.113.300"});
    CHECK(content.ignored == 0);
}

TEST_CASE("entries beyond the capacity are ignored, exceptions left out", "[sim][panos][lists]") {
    const ListContent content =
        read_list(ListKind::ip, "192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n", {"192.0.2.2"}, 2);
    CHECK(content.valid == std::vector<std::string>{"192.0.2.1", "192.0.2.3"});
    CHECK(content.ignored == 1);
}

TEST_CASE("domains and URLs have their own rules", "[sim][panos][lists]") {
    CHECK(read_list(ListKind::domain, "evil.example\n*.bad.example\nhttp://x.example\nx.example/path\nplain\n", {}, 9)
              .valid == std::vector<std::string>{"evil.example", "*.bad.example"});
    const ListContent urls = read_list(ListKind::url, "evil.example/\n*.bad.example/x\nhttp://x.example/\n", {}, 9);
    CHECK(urls.valid == std::vector<std::string>{"evil.example/", "*.bad.example/x"});
    ExternalList list;
    list.kind = ListKind::url;
    list.take(read_list(ListKind::url, "evil.example/\nok.example/bad\n*.wild.example\n", {}, 9));
    CHECK(list.holds("evil.example/any/where") != nullptr);
    CHECK(list.holds("https://EVIL.example") != nullptr);
    CHECK(list.holds("ok.example/bad/x") != nullptr);
    CHECK(list.holds("ok.example/good") == nullptr);
    CHECK(list.holds("a.wild.example/x") != nullptr);
    CHECK(list.holds("wild.example") == nullptr);
    CHECK(list.holds("sub.evil.example") == nullptr);
}

TEST_CASE("a list of URLs counts where a rule names it as category", "[sim][panos][lists]") {
    WithList fw(pages_with("evil.example/\n"));
    fw.set(lists + "/entry[@name='urls']", "<type><url><url>" + url + "</url></url></type>");
    fw.set(rule("block"),
           "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
           "<destination><member>any</member></destination><service><member>any</member></service>"
           "<application><member>any</member></application><category><member>urls</member></category>"
           "<action>deny</action>");
    fw.config("move", rule("block"), "", {{"where", "top"}});
    fw.activate();
    Flow flow;
    flow.from = "192.0.2.10";
    flow.to = "203.0.113.5";
    CHECK(fw.device->verdict(flow, fw.now).allowed);
    flow.url = "evil.example/x";
    CHECK(fw.device->verdict(flow, fw.now).rule == "block");
    flow.url = "good.example/x";
    CHECK(fw.device->verdict(flow, fw.now).allowed);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("what a list holds is shown in pages", "[sim][panos][lists]") {
    WithList fw(pages_with("192.0.2.1\n192.0.2.2\n192.0.2.3\nnonsense\n"));
    fw.block();
    const auto show = [&fw](const std::string& more, const std::string& kind = "ip", const std::string& name = "edl") {
        return fw.edl("<show><type><" + kind + "><name>" + name + "</name>" + more + "</" + kind + "></type></show>");
    };
    const auto page = [](const std::string& count, const std::string& members) {
        return "<response status=\"success\"><result total-count=\"3\" count=\"" + count +
               "\"><external-list><vsys>vsys1</vsys><name>edl</name><total-valid>3</total-valid>"
               "<total-ignored>0</total-ignored><total-invalid>1</total-invalid><valid-members>" +
               members +
               "</valid-members><invalid-members><member>nonsense</member></invalid-members></external-list></result>"
               "</response>";
    };
    CHECK(show("") == page("3", "<member>192.0.2.1</member><member>192.0.2.2</member><member>192.0.2.3</member>"));
    CHECK(show("<anchor>2</anchor><num-records>1</num-records>") == page("1", "<member>192.0.2.2</member>"));
    CHECK(show("<anchor>4</anchor><num-records>2</num-records>") == page("2", ""));
    CHECK_THAT(show("<num-records>0</num-records>"), Contains("code=\"17\"") && Contains("between 1 and 4294967295"));
    CHECK(show("", "ip", "none") ==
          "<response status=\"error\" code=\"17\"><msg><line>none is invalid name.Current target-vsys is vsys1</line>"
          "</msg></response>");
    CHECK_THAT(show("", "domain"), Contains("edl is invalid name"));
    CHECK_THAT(fw.edl("<show><type><nonsense><name>edl</name></nonsense></type></show>"), Contains("code=\"17\""));
    CHECK_THAT(fw.edl("<stats/>"), Contains("<running-total>3</running-total>"));
}

TEST_CASE("a password of a list goes to its server and into no record", "[sim][panos][lists]") {
    WithList fw(pages_with("192.0.2.1\n"));
    fw.block(ip_list("<hourly/>", "<auth><username>reader</username><password>very-secret</password></auth>"));
    REQUIRE(fw.pages->requests.size() == 1);
    CHECK(fw.pages->requests[0].user == "reader");
    CHECK(fw.pages->requests[0].password == "very-secret");
    fw.pages->pages.clear();
    fw.refresh();
    fw.wait(5s);
    CHECK_THAT(fw.job(4), !Contains("very-secret"));
    CHECK_THAT(fw.edl("<show><type><ip><name>edl</name></ip></type></show>"), !Contains("very-secret"));
}

TEST_CASE("a list of another source starts empty", "[sim][panos][lists]") {
    WithList fw(pages_with("203.0.113.5\n"));
    fw.block();
    fw.set(lists + "/entry[@name='edl']", "<type><ip><url>https://lists.example/other.txt</url></ip></type>");
    fw.activate();
    CHECK(fw.pages->requests.size() == 2);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    CHECK_THAT(fw.edl("<show><type><ip><name>edl</name></ip></type></show>"),
               Contains("<total-invalid>1</total-invalid>") && Contains("Couldn't resolve host name"));
}
