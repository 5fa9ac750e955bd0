#include "net/detail/session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <ctime>
#include <exception>
#include <utility>

#include "net/detail/response_text.hpp"
#include "net/detail/unix_listener.hpp"

namespace net::detail {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::generic::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::size_t first_buffer_bytes = 8U << 10U;
constexpr std::size_t body_buffer_bytes = 64U << 10U;
constexpr std::size_t joined_body_bytes_max = 32U << 10U;  // up to here one copy is cheaper than a second write
constexpr int steps_per_turn_max = 32;
constexpr std::chrono::seconds linger_max{5};
constexpr std::chrono::seconds body_grace{5};  // before a body's rate counts

/// RFC 9112, section 5.2: a field that goes on in the next line, which peers join in ways of their own.
bool has_fold(std::string_view lines) {
    for (auto at = lines.find('\n'); at != std::string_view::npos; at = lines.find('\n', at + 1)) {
        if (at + 1 < lines.size() && (lines[at + 1] == ' ' || lines[at + 1] == '\t')) {
            return true;
        }
    }
    return false;
}

/// Characters that RFC 3986 never allows in a request target, and that PAN-OS takes all the same.
bool has_raw_characters(std::string_view target) {
    return std::any_of(target.begin(), target.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80U ||
               std::string_view("<>\"'[]{}|\\^`").find(c) != std::string_view::npos;
    });
}

/// One request's claim to an answer, or a header's to a verdict. When the last Respond goes unused, the claim answers
/// for it.
class Claim {
public:
    Claim(std::shared_ptr<Gate> gate, std::weak_ptr<Session> session, std::uint64_t serial)
        : gate_(std::move(gate)), session_(std::move(session)), serial_(serial) {}
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    ~Claim() {
        if (take()) {
            try {
                gate_->deliver(session_, serial_, HttpResponse{.status = 500});
            } catch (const std::exception&) {
                // No memory to say it: the connection stays until the peer or the server closes it.
            }
        }
    }

    void use(std::optional<HttpResponse> response) {
        if (take()) {
            gate_->deliver(session_, serial_, std::move(response));
        }
    }

    /// True once.
    bool take() { return !used_.exchange(true); }

private:
    std::shared_ptr<Gate> gate_;
    std::weak_ptr<Session> session_;
    std::uint64_t serial_;
    std::atomic<bool> used_ = false;
};

}  // namespace

void Gate::shut() {
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
}

void Gate::deliver(const std::weak_ptr<Session>& session, std::uint64_t serial, std::optional<HttpResponse> response) {
    {
        const std::lock_guard lock(mutex_);
        if (io_ == nullptr) {
            return;
        }
        if (!io_->get_executor().running_in_this_thread()) {
            // Only the loop's thread may turn the weak pointer into a strong one: it could be the last.
            asio::post(*io_, [session, serial, late = std::move(response)]() mutable {
                if (const auto alive = session.lock()) {
                    alive->answer(serial, std::move(late));
                }
            });
            return;
        }
    }
    if (const auto alive = session.lock()) {
        alive->answer(serial, std::move(response));
    }
}

std::string_view Commons::date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_of_) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        std::array<char, 40> text{};
        const auto length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        date_.assign(text.data(), length);
        date_of_ = now;
    }
    return date_;
}

void Commons::turned_away(Turned why, const std::string& peer, const std::string& detail) {
    try {
        handler.on_turned_away(why, peer, detail);
    } catch (const std::exception& error) {
        handler_failed(error.what());
    }
}

void Commons::handler_failed(const std::string& detail) {
    try {
        handler.on_handler_failed(detail);
    } catch (const std::exception&) {
        // The handler cannot even take the news of its failure; the peer's 500 is what is left to say.
    }
}

void Commons::forget(Session& session) {
    if (const auto counted = of_source.find(session.source()); counted != of_source.end() && --counted->second == 0) {
        of_source.erase(counted);
    }
    sessions.erase(&session);
    notice_drained();
}

std::size_t Commons::count_of(const Source& source) const {
    const auto counted = of_source.find(source);
    return counted == of_source.end() ? 0 : counted->second;
}

void Commons::notice_drained() {
    if (draining && sessions.empty() && drained) {
        asio::post(io, std::exchange(drained, nullptr));
    }
}

Session::Session(Commons& commons, stream_protocol protocol, int socket, std::string peer, Source source)
    : commons_(&commons),
      socket_(commons.io),
      stream_(socket, commons.tls),
      timer_(commons.io),
      peer_(std::move(peer)),
      source_(source),
      local_(protocol.family() == AF_UNIX ? local_peer_of(socket) : std::nullopt) {
    socket_.assign(protocol, socket);
}

void Session::start() {
    if (stream_.encrypted()) {
        state_ = State::handshaking;
        join_waiters();
        set_deadline(header_patience());
    } else {
        expect_request(header_patience());
    }
    drive();
}

void Session::give_way() {
    const auto alive = shared_from_this();
    commons_->turned_away(Turned::gave_way, peer_,
                          state_ == State::handshaking                ? "in its TLS handshake"
                          : state_ == State::reading_head && started_ ? "in the middle of a header"
                                                                      : "without a request");
    close();
}

void Session::close() {
    if (state_ == State::closed) {
        return;
    }
    state_ = State::closed;
    leave_waiters();
    ++wait_serial_;
    timer_.cancel();
    if (delay_) {
        delay_->cancel();
    }
    error_code ignored;  // the descriptor is gone either way
    socket_.close(ignored);
    std::exchange(commons_, nullptr)->forget(*this);
}

void Session::drain() {
    if (state_ == State::handshaking) {
        close();
    } else if (state_ == State::reading_head && !started_) {
        char byte = 0;
        const bool request_waits = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
        if (!request_waits) {
            stream_.say_goodbye();
            close();
        }
    }
}

// ---- the machine ----

void Session::drive() {
    if (driving_) {
        return;  // an answer given from inside a callback: the turn under way goes on with it
    }
    driving_ = true;
    try {
        int steps = 0;
        while (state_ != State::closed && step()) {
            if (++steps == steps_per_turn_max) {
                asio::post(commons_->io, [self = shared_from_this()] { self->drive(); });
                break;
            }
        }
    } catch (const std::exception& error) {
        if (state_ != State::closed) {
            commons_->handler_failed(std::string("connection closed: ") + error.what());
            close();
        }
    }
    driving_ = false;
}

bool Session::step() {
    switch (state_) {
        case State::handshaking:
            return step_handshake();
        case State::reading_head:
            return step_head();
        case State::reading_body:
            return step_body();
        case State::writing:
            return step_write();
        case State::lingering:
            return step_linger();
        case State::judging:
        case State::handling:
        case State::delaying:
        case State::closed:
            return false;
    }
    return false;
}

bool Session::step_handshake() {
    const Progress progress = stream_.handshake();
    switch (progress) {
        case Progress::done:
            subject_ = stream_.client_subject();
            expect_request(header_patience());
            return true;
        case Progress::want_read:
        case Progress::want_write:
            return await(progress);
        case Progress::end:
        case Progress::failed:
            if (stream_.heard_something()) {  // a port that was only knocked at is no news
                commons_->turned_away(Turned::handshake_failed, peer_, stream_.error());
            }
            if (state_ != State::closed) {
                close();
            }
            return false;
    }
    return false;
}

void Session::expect_request(Clock::duration patience) {
    state_ = State::reading_head;
    started_ = false;
    header_bytes_ = 0;
    join_waiters();
    set_deadline(patience);
}

bool Session::step_head() {
    // RFC 9112, section 2.2: empty lines before a request line are to be ignored; old clients send them after a body.
    while (header_bytes_ == 0 && input().starts_with("\r\n")) {
        consume(2);
    }
    if (input().empty() || (header_bytes_ == 0 && input() == "\r")) {
        return fill();
    }
    if (!started_) {
        started_ = true;
        began_ = Clock::now();
        set_deadline_at(began_ + header_patience());
        request_ = HttpRequest{};
        head_only_ = http_1_0_ = keep_alive_ = false;
        parser_.emplace(request_, commons_->options.header_bytes_max, commons_->options.body_bytes_max,
                        commons_->options.strict_requests);
    }
    boost::beast::error_code error;
    const auto used = parser_->put(asio::const_buffer(input().data(), input().size()), error);
    if (has_fold(input().substr(0, used))) {
        error = http::error::bad_obs_fold;
    }
    consume(used);
    header_bytes_ += used;
    if (header_bytes_ > commons_->options.header_bytes_max ||
        (error == http::error::need_more && header_bytes_ + input().size() >= commons_->options.header_bytes_max)) {
        error = http::error::header_limit;
    }
    if (error == http::error::need_more) {
        return fill();
    }
    return error ? parse_failed(error) : head_complete();
}

bool Session::head_complete() {
    head_only_ = request_.method == "HEAD";
    http_1_0_ = !parser_->facts().http_1_1;
    keep_alive_ = parser_->keep_alive();
    request_.peer = peer_;
    request_.local = local_;
    request_.client_certificate = subject_;

    if (refuse_head()) {
        return true;
    }
    std::optional<HttpResponse> refusal;
    try {
        refusal = commons_->handler.on_header(request_);
        if (state_ != State::closed && !refusal && ask_later()) {
            return state_ != State::judging && state_ != State::closed;
        }
    } catch (const std::exception& error) {
        if (state_ == State::closed) {
            return false;
        }
        commons_->handler_failed(error.what());
        refusal = HttpResponse{.status = 500};
    }
    if (state_ == State::closed) {
        return false;
    }
    if (refusal) {
        begin_answer(std::move(*refusal));
        return true;
    }
    return let_in();
}

bool Session::ask_later() {
    const auto start = commons_->handler.on_header_later(request_);
    if (!start) {
        return false;
    }
    state_ = State::judging;
    leave_waiters();
    clear_deadline();
    const auto claim = std::make_shared<Claim>(commons_->gate, weak_from_this(), ++serial_);
    start([claim](std::optional<HttpResponse> refusal) { claim->use(std::move(refusal)); });
    return true;
}

bool Session::let_in() {
    leave_waiters();
    const auto length = parser_->content_length();
    if (length && *length > commons_->options.body_bytes_max) {
        return parse_failed(http::error::body_limit);
    }
    if (parser_->facts().expects_other) {
        reject(417, Turned::malformed, "an expectation other than 100-continue");
        return true;
    }
    if (parser_->is_done()) {
        dispatch();
    } else {
        parser_->eager(true);
        state_ = State::reading_body;
        set_deadline_at(body_deadline());
        if (parser_->facts().expects_continue && !http_1_0_ && input().empty()) {
            write_continue();
        }
    }
    return true;
}

bool Session::refuse_head() {
    const auto& facts = parser_->facts();
    if (facts.http_1_1 ? facts.hosts != 1 : facts.hosts > 1) {
        reject(400, Turned::malformed, "a request has one Host header");  // RFC 9112, section 3.2
    } else if (facts.lengths > 1 || facts.odd_length) {
        reject(400, Turned::malformed, "a request has one Content-Length");  // RFC 9112, section 6.3
    } else if (facts.transfer_encoding_other && (facts.chunked_inside || facts.chunked_named || facts.lengths > 0)) {
        reject(400, Turned::malformed, "where a body ends must be clear");  // RFC 9112, section 6.3
    } else if (facts.transfer_encoding_other) {
        reject(commons_->options.strict_requests ? 400 : 501, Turned::malformed,
               "a transfer coding other than chunked");
    } else if (commons_->options.strict_requests && facts.authorizations > 1) {
        reject(400, Turned::malformed, "a request has one Authorization");
    } else if (commons_->options.strict_requests && !request_.target.starts_with('/')) {
        reject(400, Turned::malformed, "a request target that is no path");
    } else if (facts.chunked_named && http_1_0_) {
        reject(400, Turned::malformed, "Transfer-Encoding in an HTTP/1.0 request");  // RFC 9112, section 6.1
    } else if (!commons_->options.lenient_targets && has_raw_characters(request_.target)) {
        reject(400, Turned::malformed, "a character in the request target that must be percent-encoded");
    } else {
        return false;
    }
    return true;
}

bool Session::step_body() {
    // No chunked body ends with fewer bytes, and Beast 1.81 asserts that it is not called again with fewer of them.
    constexpr std::string_view shortest_end = "0\r\n\r\n";
    if (input().empty() || (parser_->chunked() && input().size() < shortest_end.size())) {
        return fill();
    }
    boost::beast::error_code error;
    consume(parser_->put(asio::const_buffer(input().data(), input().size()), error));
    if (error == http::error::need_more) {
        // Only a chunk's header or the trailer must be whole, and those are bounded as the header is.
        return input().size() >= commons_->options.header_bytes_max ? parse_failed(http::error::header_limit) : fill();
    }
    if (error) {
        return parse_failed(error);
    }
    if (parser_->is_done()) {
        dispatch();
    }
    return true;
}

void Session::dispatch() {
    state_ = State::handling;
    clear_deadline();
    const auto serial = ++serial_;
    const auto claim = std::make_shared<Claim>(commons_->gate, weak_from_this(), serial);
    try {
        commons_->handler.on_request(std::move(request_),
                                     [claim](HttpResponse response) { claim->use(std::move(response)); });
    } catch (const std::exception& error) {
        if (state_ == State::closed) {
            return;
        }
        commons_->handler_failed(error.what());
        if (claim->take()) {
            answer(serial, HttpResponse{.status = 500});
        }
    }
}

void Session::answer(std::uint64_t serial, std::optional<HttpResponse> response) {
    if ((state_ != State::handling && state_ != State::judging) || serial != serial_) {
        return;
    }
    if (response) {
        begin_answer(std::move(*response));
    } else if (state_ == State::judging) {
        began_ = Clock::now();  // what the verdict took is not the peer's time
        let_in();
    }
    drive();
}

bool Session::parse_failed(const boost::beast::error_code& error) {
    if (error == http::error::header_limit) {
        reject(431, Turned::header_too_large,
               "header over " + std::to_string(commons_->options.header_bytes_max) + " bytes");
    } else if (error == http::error::body_limit) {
        reject(413, Turned::body_too_large, "body over " + std::to_string(commons_->options.body_bytes_max) + " bytes");
    } else {
        reject(400, Turned::malformed, error.message());
    }
    return true;
}

bool Session::peer_ended() {
    if (started_) {
        // It may have closed its sending half only, and be waiting for an answer.
        reject(400, Turned::malformed, "the connection ended inside a request");
        return true;
    }
    stream_.say_goodbye();
    close();
    return false;
}

// ---- answers ----

void Session::reject(unsigned status, Turned why, const std::string& detail) {
    clear_deadline();
    commons_->turned_away(why, peer_, detail);
    if (state_ == State::closed) {
        return;
    }
    HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = detail + "\n";
    response.close = true;
    begin_answer(std::move(response));
    if (then_ == Then::close) {
        then_ = Then::linger;  // whatever it is still sending
    }
}

bool Session::unread_body() const {
    return !parser_ || !parser_->is_done();
}

void Session::begin_answer(HttpResponse response) {
    if (response.fault.drop) {
        close();
        return;
    }
    leave_waiters();
    ++serial_;  // a second answer to this request comes too late
    const bool stays = keep_alive_ && !response.close && !unread_body() && !commons_->draining;
    out_.clear();
    out_body_.clear();
    out_done_ = 0;
    append_head(out_, response,
                {.server = commons_->options.server_header,
                 .date = commons_->date(),
                 .keep_alive = stays,
                 .http_1_0 = http_1_0_});
    if (!head_only_ && has_body(response.status)) {
        if (response.body.size() <= joined_body_bytes_max) {
            out_.append(response.body);
        } else {
            out_body_ = std::move(response.body);
        }
    }
    then_ = stays ? Then::next_request : unread_body() || !input().empty() ? Then::linger : Then::close;
    if (response.fault.cut_after) {
        cut(*response.fault.cut_after);
    }
    if (response.fault.delay > std::chrono::milliseconds::zero()) {
        state_ = State::delaying;
        clear_deadline();
        delay_ = std::make_unique<asio::steady_timer>(commons_->io, response.fault.delay);
        delay_->async_wait([self = shared_from_this()](const error_code& error) {
            if (!error && self->state_ == State::delaying) {
                self->state_ = State::writing;
                self->set_deadline(self->commons_->options.read_timeout);
                self->drive();
            }
        });
        return;
    }
    state_ = State::writing;
    set_deadline(commons_->options.read_timeout);
}

void Session::cut(std::size_t bytes) {
    if (bytes <= out_.size()) {
        out_.resize(bytes);
        out_body_.clear();
    } else if (bytes - out_.size() < out_body_.size()) {
        out_body_.resize(bytes - out_.size());
    }
    then_ = Then::reset;
}

void Session::write_continue() {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    out_body_.clear();
    out_done_ = 0;
    then_ = Then::read_body;
    state_ = State::writing;
}

bool Session::step_write() {
    const bool in_head = out_done_ < out_.size();
    const std::string_view rest = in_head ? std::string_view(out_).substr(out_done_)
                                          : std::string_view(out_body_).substr(out_done_ - out_.size());
    if (!rest.empty()) {
        const Transfer sent = stream_.write(rest, in_head && !out_body_.empty());
        if (sent.progress == Progress::end || sent.progress == Progress::failed) {
            close();
            return false;
        }
        if (sent.progress != Progress::done) {
            return await(sent.progress);
        }
        out_done_ += sent.bytes;
        if (then_ != Then::read_body && sent.bytes < rest.size()) {
            set_deadline(commons_->options.read_timeout);  // slow, but it moves
        }
        if (out_done_ < out_.size() + out_body_.size()) {
            return true;
        }
    }
    switch (then_) {
        case Then::next_request:
            next_request();
            return true;
        case Then::read_body:
            state_ = State::reading_body;
            return true;
        case Then::linger:
            linger();
            return true;
        case Then::close:
            stream_.say_goodbye();
            close();
            return false;
        case Then::reset:
            reset();
            return false;
    }
    return false;
}

void Session::next_request() {
    if (commons_->draining) {
        stream_.say_goodbye();
        close();
        return;
    }
    parser_.reset();
    out_body_ = std::string();
    if (out_.capacity() > 2 * joined_body_bytes_max) {
        out_ = std::string();
    }
    if (input().empty() && in_size_ > first_buffer_bytes) {
        in_.reset();
        in_size_ = in_begin_ = in_end_ = 0;
    }
    // A client that waits for its answer has nothing to read yet. TLS may hold decrypted bytes, so it must look.
    read_first_ = stream_.encrypted();
    expect_request(commons_->options.idle_timeout);
}

/// Closes so that the answer arrives: while unread bytes come, closing at once would send a reset that overtakes it.
void Session::linger() {
    stream_.say_goodbye();
    ::shutdown(socket_.native_handle(), SHUT_WR);
    state_ = State::lingering;
    lingered_bytes_ = 0;
    join_waiters();
    set_deadline(std::min<Clock::duration>(linger_max, commons_->options.read_timeout));
}

bool Session::step_linger() {
    std::array<char, 16U << 10U> waste;
    const auto got = ::recv(socket_.native_handle(), waste.data(), waste.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return await(Progress::want_read);
    }
    lingered_bytes_ += got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got <= 0 || lingered_bytes_ > 2 * commons_->options.body_bytes_max + (1U << 20U)) {
        close();
        return false;
    }
    return true;
}

void Session::reset() {
    const ::linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

// ---- bytes and time ----

bool Session::fill() {
    if (!std::exchange(read_first_, true)) {
        return await(Progress::want_read);
    }
    make_room();
    const Transfer got = stream_.read(in_.get() + in_end_, in_size_ - in_end_);
    switch (got.progress) {
        case Progress::done:
            in_end_ += got.bytes;
            return true;
        case Progress::want_read:
        case Progress::want_write:
            return await(got.progress);
        case Progress::end:
            return peer_ended();
        case Progress::failed:
            close();
            return false;
    }
    return false;
}

void Session::make_room() {
    if (in_begin_ == in_end_) {
        in_begin_ = in_end_ = 0;
    }
    const auto rest = state_ == State::reading_body ? parser_->content_length_remaining() : boost::none;
    const bool small = state_ == State::reading_head || (rest && *rest <= first_buffer_bytes);
    const std::size_t wanted = small ? first_buffer_bytes : body_buffer_bytes;
    const bool roomy = in_size_ >= wanted;
    if (in_end_ < in_size_ && roomy) {
        return;
    }
    const std::size_t held = in_end_ - in_begin_;
    if (in_begin_ > 0 && roomy) {
        std::copy(in_.get() + in_begin_, in_.get() + in_end_, in_.get());
    } else {
        const std::size_t size = std::max(wanted, 2 * held);  // `held` is bounded by header_bytes_max
        std::unique_ptr<char[]> larger(new char[size]);
        std::copy(in_.get() + in_begin_, in_.get() + in_end_, larger.get());
        in_ = std::move(larger);
        in_size_ = size;
    }
    in_begin_ = 0;
    in_end_ = held;
}

void Session::consume(std::size_t bytes) {
    in_begin_ += bytes;
}

bool Session::await(Progress progress) {
    wait(progress == Progress::want_write ? asio::socket_base::wait_write : asio::socket_base::wait_read);
    return false;
}

void Session::wait(asio::socket_base::wait_type what) {
    socket_.async_wait(what, [self = shared_from_this(), serial = ++wait_serial_](const error_code& error) {
        if (!error && serial == self->wait_serial_) {
            self->drive();
        }
    });
}

void Session::cancel_wait() {
    ++wait_serial_;
    error_code ignored;  // nothing was waited for
    socket_.cancel(ignored);
}

void Session::join_waiters() {
    leave_waiters();
    commons_->waiters.push_back(*this);
}

void Session::leave_waiters() {
    if (Waiter::is_linked()) {
        Waiter::unlink();
    }
}

Session::Clock::duration Session::header_patience() const {
    return std::min(commons_->options.header_timeout, commons_->options.read_timeout);
}

Session::Clock::time_point Session::body_deadline() const {
    const auto last = began_ + commons_->options.read_timeout;
    const std::size_t rate = commons_->options.body_rate_min;
    if (rate == 0) {
        return last;
    }
    // As many seconds as the bytes so far may have taken. Bounded, since a body is.
    const auto earned = std::chrono::milliseconds(parser_->body_bytes() * 1000 / rate);
    return std::min<Clock::time_point>(last, began_ + body_grace + earned);
}

/// Deadlines move with every request, the timer seldom: it is set again only when it would ring too late, and looks
/// at the clock when it rings.
void Session::set_deadline_at(Clock::time_point at) {
    deadline_ = at;
    if (deadline_ < armed_until_) {
        arm(deadline_);
    }
}

void Session::arm(Clock::time_point at) {
    armed_until_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
        if (error || self->state_ == State::closed) {
            return;
        }
        self->armed_until_ = Clock::time_point::max();
        if (Clock::now() >= self->deadline_) {
            self->on_deadline();
        } else if (self->deadline_ != Clock::time_point::max()) {
            self->arm(self->deadline_);
        }
    });
}

void Session::on_deadline() {
    if (state_ == State::reading_body && body_deadline() > Clock::now()) {
        set_deadline_at(body_deadline());  // it was as quick as it must be
        return;
    }
    cancel_wait();
    if (state_ == State::handshaking) {
        commons_->turned_away(Turned::timed_out, peer_, "TLS handshake");
    } else if ((state_ == State::reading_head && started_) || state_ == State::reading_body) {
        reject(408, Turned::timed_out,
               state_ == State::reading_body ? "waiting for the body" : "waiting for the header");
        drive();
        return;
    }
    if (state_ != State::closed) {
        close();
    }
}

}  // namespace net::detail
