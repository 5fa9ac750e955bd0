#include "sim/lab/real/web_lists.hpp"

#include <catch2/catch.hpp>

#include "net/http_server.hpp"
#include "sim/lab/real/loop_thread.hpp"

namespace {

/// A page for those who know the password.
class Page final : public net::HttpHandler {
public:
    std::optional<net::HttpResponse> on_header(const net::HttpRequest& /*head*/) override { return std::nullopt; }
    void on_request(net::HttpRequest request, net::Respond respond) override {
        net::HttpResponse response;
        const auto who = net::basic_credentials(request.header("Authorization"));
        response.status = who && who->second == "very-secret" ? 200 : 401;
        response.body = "203.0.113.5\n";
        respond(std::move(response));
    }
    void on_turned_away(net::Turned /*why*/, const std::string& /*peer*/, const std::string& /*detail*/) override {}
};

}  // namespace

TEST_CASE("lists: a list is fetched with its password, and a refusal is told", "[lab][lists]") {
    Page page;
    sim::lab::LoopThread thread;
    auto server = thread.run([&] {
        net::ListenOptions listen;
        listen.address = "127.0.0.1";
        return net::HttpServer::listen(thread.loop(), listen, page);
    });
    REQUIRE(server.has_value());
    auto lists = std::make_unique<sim::lab::WebLists>(thread.loop());
    const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/list.txt";
    const auto fetched = [&](const sim::panos::ListRequest& request) {
        std::promise<sim::panos::ListFetcher::Text> answer;
        std::promise<void> told;
        thread.run([&] {
            lists->on_answer([&told] { told.set_value(); });
            lists->fetch(request, [&answer](sim::panos::ListFetcher::Text text) { answer.set_value(std::move(text)); });
        });
        told.get_future().get();
        return answer.get_future().get();
    };
    CHECK(fetched({url, "reader", "very-secret"}) == std::string("203.0.113.5\n"));
    const auto refused = fetched({url, "reader", "wrong"});
    REQUIRE_FALSE(refused.has_value());
    CHECK_THAT(refused.error(), !Catch::Contains("wrong"));
    CHECK_FALSE(fetched({"file:///etc/hostname", "", ""}).has_value());
    thread.run([&] {
        lists.reset();
        server->reset();
    });
}
