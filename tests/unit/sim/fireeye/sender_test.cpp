#include <catch2/catch.hpp>

#include <condition_variable>
#include <set>

#include "receiver_stub.hpp"
#include "sim/fireeye/sender.hpp"

using namespace sim::fireeye;

namespace {

RenderedNotification notification(std::size_t size) {
    RenderedNotification out;
    out.body = "<alerts>" + std::string(size, ' ') + "</alerts>";
    out.content_type = "text/xml";
    out.user_agent = "curl/7.29.0";
    out.headers = {{"Event-Type", "malware-object"}};
    return out;
}

bool has_line(const std::string& head, const std::string& line) {
    return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

Destination plain(const ReceiverStub& stub) {
    Destination to;
    to.url = stub.url("/hook?token=t");
    to.timeout = std::chrono::seconds(20);
    return to;
}

}  // namespace

TEST_CASE("a notification is posted as an appliance posts it", "[sim][fireeye]") {
    ReceiverStub stub;
    REQUIRE(stub.ready());
    Destination to = plain(stub);
    to.user = "fireeye";
    to.password = "secret";
    const Delivery delivery = Sender().send(to, notification(2000));
    CHECK(delivery.status == 200);
    CHECK(delivery.body == "Thanks!");
    CHECK(delivery.error.empty());
    REQUIRE(stub.received().size() == 1);
    const auto request = stub.received().front();
    CHECK(request.head.starts_with("POST /hook?token=t HTTP/1.1\r\n"));
    CHECK(has_line(request.head, "User-Agent: curl/7.29.0"));
    CHECK(has_line(request.head, "Accept: */*"));
    CHECK(has_line(request.head, "Content-Type: text/xml"));
    CHECK(has_line(request.head, "Content-Length: 2017"));
    CHECK(has_line(request.head, "Expect: 100-continue"));
    CHECK(has_line(request.head, "Event-Type: malware-object"));
    CHECK(has_line(request.head, "Authorization: Basic ZmlyZWV5ZTpzZWNyZXQ="));
    CHECK(request.asked_first);
    CHECK(request.body == notification(2000).body);
}

TEST_CASE("a small body is sent without asking, and without credentials when there are none", "[sim][fireeye]") {
    ReceiverStub stub;
    CHECK(Sender().send(plain(stub), notification(100)).status == 200);
    const auto request = stub.received().front();
    CHECK(request.head.find("Expect") == std::string::npos);
    CHECK(request.head.find("Authorization") == std::string::npos);
}

TEST_CASE("each notification has a connection of its own", "[sim][fireeye]") {
    ReceiverStub stub;
    Sender sender;
    CHECK(sender.send(plain(stub), notification(100)).status == 200);
    CHECK(sender.send(plain(stub), notification(100)).status == 200);
    CHECK(stub.received().size() == 2);
}

TEST_CASE("an answer that is an error, or none, is reported as such", "[sim][fireeye]") {
    ReceiverStub refusing("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    CHECK(Sender().send(plain(refusing), notification(100)).status == 401);
    ReceiverStub redirecting("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    CHECK(Sender().send(plain(redirecting), notification(100)).status == 302);
    ReceiverStub silent("");
    const Delivery none = Sender().send(plain(silent), notification(100));
    CHECK(none.status == 0);
    CHECK_FALSE(none.error.empty());
    Destination nowhere;
    nowhere.url = "ftp://127.0.0.1/";
    CHECK_FALSE(Sender().send(nowhere, notification(100)).error.empty());
}

TEST_CASE("faults are what the receiver sees", "[sim][fireeye]") {
    using Kind = SendFault::Kind;
    ReceiverStub stub;
    Sender sender;
    const Delivery cut = sender.send(plain(stub), notification(2000), {Kind::cut_body, 500});
    CHECK(cut.status == 0);
    CHECK(cut.error == "hung up after 500 of 2017 bytes, as told");
    CHECK(sender.send(plain(stub), notification(2000), {Kind::chunked, 0}).status == 200);
    CHECK(sender.send(plain(stub), notification(2000), {Kind::no_expect, 0}).status == 200);
    CHECK(sender.send(plain(stub), notification(2000), {Kind::byte_order_mark, 0}).status == 200);
    Destination with_password = plain(stub);
    with_password.user = "u";
    with_password.password = "p";
    CHECK(sender.send(with_password, notification(100), {Kind::wrong_password, 0}).status == 200);

    const auto received = stub.received();
    REQUIRE(received.size() == 5);
    CHECK(has_line(received[0].head, "Content-Length: 2017"));
    CHECK(received[0].body.size() == 500);
    CHECK_FALSE(received[0].complete);
    CHECK(has_line(received[1].head, "Transfer-Encoding: chunked"));
    CHECK(received[1].head.find("Content-Length") == std::string::npos);
    CHECK(received[1].complete);
    CHECK(received[2].head.find("Expect") == std::string::npos);
    CHECK(received[2].body.size() == 2017);
    CHECK(received[3].body.starts_with("\xEF\xBB\xBF<alerts>"));
    CHECK(has_line(received[3].head, "Content-Length: 2020"));
    CHECK(has_line(received[4].head, "Authorization: Basic dTpwLWJ1dC13cm9uZw=="));
}

TEST_CASE("a slow body arrives whole, in pieces with pauses between", "[sim][fireeye]") {
    ReceiverStub stub;
    SendFault slow;
    slow.kind = SendFault::Kind::slow_body;
    slow.after_bytes = 500;
    slow.pause = std::chrono::milliseconds(20);
    const Delivery delivery = Sender().send(plain(stub), notification(2000), slow);
    CHECK(delivery.status == 200);
    // Five pieces of at most 500 bytes have four pauses between them, whatever the machine's speed.
    CHECK(delivery.took >= std::chrono::milliseconds(80));
    REQUIRE(stub.received().size() == 1);
    CHECK(stub.received().front().body == notification(2000).body);
    CHECK(has_line(stub.received().front().head, "Content-Length: 2017"));
}

TEST_CASE("a receiver that answers before a slow body has ended is heard", "[sim][fireeye]") {
    ReceiverStub stub("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 100);
    SendFault slow;
    slow.kind = SendFault::Kind::slow_body;
    slow.after_bytes = 100;
    slow.pause = std::chrono::milliseconds(20);
    RenderedNotification small = notification(983);  // below the size that asks first
    CHECK(Sender().send(plain(stub), small, slow).status == 408);
    CHECK(stub.received().front().body.size() < small.body.size());
}

TEST_CASE("a content type that lies, and a newline that JSON forbids", "[sim][fireeye]") {
    ReceiverStub stub;
    SendFault lie;
    lie.kind = SendFault::Kind::wrong_content_type;
    lie.content_type = "application/x-www-form-urlencoded";
    CHECK(Sender().send(plain(stub), notification(100), lie).status == 200);
    SendFault newline;
    newline.kind = SendFault::Kind::raw_newline;
    RenderedNotification json = notification(0);
    json.body = R"({"alert":{"x":"a\nb"}})";
    CHECK(Sender().send(plain(stub), json, newline).status == 200);
    const Delivery refused = Sender().send(plain(stub), notification(100), newline);
    CHECK(refused.status == 0);
    CHECK(refused.error.find("no JSON string") != std::string::npos);
    const auto received = stub.received();
    REQUIRE(received.size() == 2);
    CHECK(has_line(received[0].head, "Content-Type: application/x-www-form-urlencoded"));
    CHECK(received[1].body == "{\"alert\":{\"x\":\"a\nb\"}}");
    CHECK(has_line(received[1].head, "Content-Length: 21"));
}

TEST_CASE("notifications of one schedule may go to several receivers, with their own faults", "[sim][fireeye]") {
    ReceiverStub first;
    ReceiverStub second;
    const Destination to_first = plain(first);
    const Destination to_second = plain(second);
    const RenderedNotification small = notification(10);
    SendFault bom;
    bom.kind = SendFault::Kind::byte_order_mark;
    const std::vector<Outgoing> all = {
        {&to_first, &small, {}, nullptr}, {&to_second, &small, {}, &bom}, {&to_first, &small, {}, nullptr}};
    std::vector<std::size_t> order;
    Sender().send_all(all, 1, [&](std::size_t index, const Delivery& delivery) {
        order.push_back(index);
        CHECK(delivery.status == 200);
    });
    CHECK(order == std::vector<std::size_t>{0, 1, 2});
    CHECK(first.received().size() == 2);
    REQUIRE(second.received().size() == 1);
    CHECK(second.received().front().body.starts_with("\xEF\xBB\xBF"));
}

TEST_CASE("raw bytes go out as they are", "[sim][fireeye]") {
    ReceiverStub stub("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    const Delivery delivery =
        Sender().send_raw(plain(stub), "POST / HTTP/1.1\r\nX: \x01\x02\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(delivery.status == 400);
    REQUIRE(stub.received().size() == 1);
    CHECK(stub.received().front().head == "POST / HTTP/1.1\r\nX: \x01\x02\r\nContent-Length: 3\r\n");
    CHECK(stub.received().front().body == "abc");
}

TEST_CASE("a schedule sends each notification once and not before its time", "[sim][fireeye]") {
    ReceiverStub stub;
    const RenderedNotification one = notification(100);
    const std::vector<const RenderedNotification*> all(40, &one);
    std::vector<std::chrono::microseconds> due;
    for (std::size_t i = 0; i < all.size(); ++i) {
        due.emplace_back(i * 500);
    }
    std::set<std::size_t> reported;
    std::size_t delivered = 0;
    Sender().send_at(plain(stub), all, due, 8, [&](std::size_t index, const Delivery& delivery) {
        reported.insert(index);
        delivered += delivery.status == 200 ? 1U : 0U;
        CHECK(delivery.since_due >= delivery.took);
    });
    CHECK(reported.size() == 40);
    CHECK(delivered == 40);
    CHECK(stub.received().size() == 40);
}

TEST_CASE("a stopped schedule sends nothing more", "[sim][fireeye]") {
    ReceiverStub stub;
    const RenderedNotification one = notification(100);
    const std::vector<const RenderedNotification*> all(2, &one);
    const std::vector<std::chrono::microseconds> due = {std::chrono::seconds(0), std::chrono::hours(1)};
    std::stop_source source;
    std::size_t reports = 0;
    Sender().send_at(
        plain(stub), all, due, 8,
        [&](std::size_t, const Delivery&) {
            ++reports;
            source.request_stop();
        },
        source.get_token());
    CHECK(reports == 1);
    CHECK(stub.received().size() == 1);
}
