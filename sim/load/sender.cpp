#include "sim/load/sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace sim::load {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = 64U << 10U;
constexpr std::chrono::milliseconds stop_look{100};

bool same_letters(std::string_view a, std::string_view b) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return low(x) == low(y); });
}

/// An answer with a Content-Length, as servers give to a POST; nothing else is needed here.
struct AnswerHead {
    unsigned status = 0;
    std::size_t bytes = 0;  // head and body
    bool close = false;
};

/// nullopt: more bytes are needed. Status 0: it is no answer.
std::optional<AnswerHead> read_head(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return text.size() > answer_bytes_max ? std::optional(AnswerHead{}) : std::nullopt;
    }
    AnswerHead head;
    const std::string_view status = text.size() > 12 ? text.substr(9, 3) : std::string_view();
    const auto [stop, error] = std::from_chars(status.data(), status.data() + status.size(), head.status);
    if (!text.starts_with("HTTP/1.1 ") || error != std::errc() || stop != status.data() + status.size()) {
        return AnswerHead{};
    }
    head.bytes = end + 4;
    bool told = false;
    for (std::size_t at = text.find("\r\n") + 2; at < end;) {
        const std::size_t line_end = text.find("\r\n", at);
        const std::string_view line = text.substr(at, line_end - at);
        const std::size_t colon = line.find(':');
        const std::string_view name = line.substr(0, colon);
        std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
        while (value.starts_with(' ')) {
            value.remove_prefix(1);
        }
        if (same_letters(name, "content-length")) {
            std::size_t length = 0;
            const auto [last, bad] = std::from_chars(value.data(), value.data() + value.size(), length);
            told = bad == std::errc() && last == value.data() + value.size() && length <= answer_bytes_max;
            head.bytes += length;
        } else if (same_letters(name, "connection") && same_letters(value, "close")) {
            head.close = true;
        }
        at = line_end + 2;
    }
    return told ? head : AnswerHead{};
}

class Volley;

/// One connection, with at most one request under way.
class Lane {
public:
    Lane(asio::io_context& io, Volley& volley) : volley_(volley), socket_(io) {}

    void send(std::size_t index);
    /// Gives up what has been under way since before `limit`.
    void give_up_before(Clock::time_point limit);

private:
    void connect();
    void write();
    void read();
    void on_bytes(std::size_t count);
    void finish(unsigned status, bool keep);
    /// The receiver has hung up; a request on a connection that was kept may just have met its closing.
    void broken();

    Volley& volley_;
    tcp::socket socket_;
    std::array<char, 4096> bytes_{};
    std::string answer_;  // what has come of it, when it did not come at once
    std::string request_;
    std::size_t index_ = 0;
    Clock::time_point since_{};
    bool busy_ = false;  // a request is under way: from `send` to `finish`, whatever its connection goes through
    bool late_ = false;  // it is given up
    bool used_ = false;  // this connection has carried an answer
};

class Volley {
public:
    Volley(const SendPlan& plan, const std::function<std::string(std::size_t)>& request_of,
           const std::function<void(std::size_t, const Sent&)>& on_answer, const Schedule& due, SendProgress& progress,
           std::stop_token stop)
        : plan_(plan),
          request_of_(request_of),
          on_answer_(on_answer),
          progress_(progress),
          stop_(std::move(stop)),
          loop_(due, plan.connections),
          timer_(io_),
          end_(asio::ip::make_address(plan.to.address), plan.to.port) {}

    std::vector<Sent> fire() {
        pump();
        io_.run();
        return loop_.sent();
    }

    const tcp::endpoint& end() const noexcept { return end_; }
    std::string request(std::size_t index) const { return request_of_(index); }

    void ended(Lane& lane, std::size_t index, unsigned status) {
        if (plan_.again_after && (status == 0 || status == 429 || status >= 500)) {
            loop_.again(index, now() + *plan_.again_after, status);
        } else {
            loop_.ended(index, now(), status);
            if (on_answer_) {
                on_answer_(index, loop_.sent()[index]);
            }
        }
        progress_.answered.store(loop_.ended_count(), std::memory_order_relaxed);
        free_.push_back(&lane);
        if (const auto next = loop_.take(now())) {
            give(*next);
        } else {
            arm();
        }
    }

private:
    Micros now() const { return std::chrono::duration_cast<Micros>(Clock::now() - plan_.begin); }

    void give(std::size_t index) {
        if (free_.empty()) {
            lanes_.push_back(std::make_unique<Lane>(io_, *this));
            free_.push_back(lanes_.back().get());
        }
        Lane* const lane = free_.back();
        free_.pop_back();
        progress_.sent.store(loop_.sent_count(), std::memory_order_relaxed);
        lane->send(index);
    }

    /// Sends what is due, and looks again when more is.
    void pump() {
        armed_.reset();
        if (stop_.stop_requested() || loop_.done() || now() >= plan_.give_up) {
            io_.stop();
            return;
        }
        if (plan_.answer_within > Micros{0}) {
            for (const auto& lane : lanes_) {
                lane->give_up_before(Clock::now() - plan_.answer_within);
            }
        }
        while (const auto next = loop_.take(now())) {
            give(*next);
        }
        arm();
    }

    void arm() {
        if (loop_.done()) {
            io_.stop();
            return;
        }
        // A stop and the end are looked for now and then, whatever is due.
        Clock::time_point when = std::min(Clock::now() + stop_look, plan_.begin + plan_.give_up);
        if (const auto due = loop_.next_due()) {
            when = std::min(when, plan_.begin + *due);
        }
        if (armed_ && *armed_ <= when) {
            return;
        }
        armed_ = when;
        timer_.expires_at(when);
        timer_.async_wait([this](error_code error) {
            if (!error) {
                pump();
            }
        });
    }

    const SendPlan& plan_;
    const std::function<std::string(std::size_t)>& request_of_;
    const std::function<void(std::size_t, const Sent&)>& on_answer_;
    SendProgress& progress_;
    std::stop_token stop_;
    OpenLoop loop_;
    asio::io_context io_{1};
    asio::steady_timer timer_;
    std::optional<Clock::time_point> armed_;
    tcp::endpoint end_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::vector<Lane*> free_;
};

void Lane::send(std::size_t index) {
    index_ = index;
    request_ = volley_.request(index);
    since_ = Clock::now();
    busy_ = true;
    late_ = false;
    answer_.clear();
    if (socket_.is_open()) {
        write();
    } else {
        connect();
    }
}

void Lane::give_up_before(Clock::time_point limit) {
    if (busy_ && !late_ && since_ < limit) {
        late_ = true;
        error_code ignored;  // what is under way ends with an error now
        socket_.close(ignored);
    }
}

void Lane::connect() {
    used_ = false;
    socket_.async_connect(volley_.end(), [this](error_code error) {
        if (error) {
            finish(0, false);
            return;
        }
        error_code ignored;  // without it an answer is only later
        socket_.set_option(tcp::no_delay(true), ignored);
        write();
    });
}

void Lane::write() {
    asio::async_write(socket_, asio::buffer(request_), [this](error_code error, std::size_t) {
        if (error) {
            broken();
        } else {
            read();
        }
    });
}

void Lane::read() {
    socket_.async_read_some(asio::buffer(bytes_), [this](error_code error, std::size_t count) {
        if (error) {
            broken();
        } else {
            on_bytes(count);
        }
    });
}

void Lane::on_bytes(std::size_t count) {
    const std::string_view fresh(bytes_.data(), count);
    if (!answer_.empty()) {
        answer_ += fresh;
    }
    const std::string_view all = answer_.empty() ? fresh : std::string_view(answer_);
    const auto head = read_head(all);
    if (head && head->status == 0) {
        finish(0, false);
    } else if (head && all.size() >= head->bytes) {
        finish(head->status, !head->close && all.size() == head->bytes);
    } else {
        if (answer_.empty()) {
            answer_ = fresh;
        }
        read();
    }
}

void Lane::finish(unsigned status, bool keep) {
    used_ = true;
    busy_ = false;
    if (!keep) {
        error_code ignored;  // it is closed either way
        socket_.close(ignored);
    }
    volley_.ended(*this, index_, status);
}

void Lane::broken() {
    error_code ignored;
    socket_.close(ignored);
    if (used_ && !late_ && answer_.empty()) {
        // The request stays under way, so that it is given up in its time on the new connection too. That one has not
        // been used: it brings the answer, or breaks and ends the request.
        connect();
        return;
    }
    finish(0, false);
}

}  // namespace

tl::expected<Receiver, std::string> receiver_of(const std::string& url) {
    constexpr std::string_view scheme = "http://";
    const std::size_t colon = url.rfind(':');
    Receiver to;
    if (url.starts_with(scheme) && colon > scheme.size()) {
        to.address = url.substr(scheme.size(), colon - scheme.size());
        const char* const end = url.data() + url.size();
        const auto [stop, error] = std::from_chars(url.data() + colon + 1, end, to.port);
        error_code bad;
        asio::ip::make_address(to.address, bad);
        if (error == std::errc() && (stop == end || std::string_view(stop) == "/") && !bad) {
            return to;
        }
    }
    return tl::unexpected(fmt::format("{}: load goes to http://ADDRESS:PORT only", url));
}

std::vector<Sent> send_open_loop(const SendPlan& plan, const std::function<std::string(std::size_t)>& request_of,
                                 const std::function<void(std::size_t, const Sent&)>& on_answer, const Schedule& due,
                                 SendProgress& progress, std::stop_token stop) {
    return Volley(plan, request_of, on_answer, due, progress, std::move(stop)).fire();
}

std::vector<Sent> send_open_loop(const SendPlan& plan, const std::vector<std::string>& requests, const Schedule& due,
                                 SendProgress& progress, std::stop_token stop) {
    return send_open_loop(
        plan, [&requests](std::size_t index) { return requests[index]; }, {}, due, progress, std::move(stop));
}

}  // namespace sim::load
