// One connection: reads a request, has it answered, reads the next. A state machine driven by readiness, so that a
// small request on a kept-alive connection costs one recv, one send and no allocation but the request itself.
//
// Lives on the loop's thread. Owned by the server's Core until it closes; callbacks under way hold it too.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/detail/request_parser.hpp"
#include "net/detail/source.hpp"
#include "net/detail/stream.hpp"
#include "net/http_server.hpp"

namespace net::detail {

class Session;

/// The way back to the loop for answers that come from other threads, possibly after the server has gone.
class Gate {
public:
    explicit Gate(boost::asio::io_context& io) : io_(&io) {}

    void shut();
    void deliver(const std::weak_ptr<Session>& session, std::uint64_t serial, std::optional<HttpResponse> response);

private:
    std::mutex mutex_;
    boost::asio::io_context* io_;  // null once shut
};

/// A connection whose request has not come as far as the end of its header: nobody has let it in yet, and it gives way
/// first. Out of the list by itself when it goes.
struct Waiter : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {};
using Waiters = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

/// What the sessions of one server share.
struct Commons {
    Commons(boost::asio::io_context& loop, ListenOptions listen_options, HttpHandler& request_handler)
        : io(loop), options(std::move(listen_options)), handler(request_handler), gate(std::make_shared<Gate>(loop)) {}

    /// IMF-fixdate of now; formatted once a second.
    std::string_view date();

    /// Calls the handler's notice; an exception out of it is reported and goes no further.
    void turned_away(Turned why, const std::string& peer, const std::string& detail);
    void handler_failed(const std::string& detail);

    void forget(Session& session);
    std::size_t count_of(const Source& source) const;
    void notice_drained();

    boost::asio::io_context& io;
    ListenOptions options;
    HttpHandler& handler;
    std::shared_ptr<const TlsContext> tls;
    std::shared_ptr<Gate> gate;
    Waiters waiters;  // the longest waiting first; outlives the sessions
    std::unordered_map<Session*, std::shared_ptr<Session>> sessions;
    SourceCounts of_source;
    bool draining = false;
    std::function<void()> drained;

private:
    std::time_t date_of_ = 0;
    std::string date_;
};

class Session : public Waiter, public std::enable_shared_from_this<Session> {
public:
    /// Takes `socket`, connected and set to close on exec.
    Session(Commons& commons, boost::asio::generic::stream_protocol protocol, int socket, std::string peer,
            Source source = {});

    void start();

    /// The handler's answer to request number `serial`, or its verdict on the header; one that comes too late is
    /// dropped.
    void answer(std::uint64_t serial, std::optional<HttpResponse> response);

    /// Finish what is under way, then close.
    void drain();

    /// Closes for another connection that is to have this one's place.
    void give_way();

    /// Closes now. Safe to call twice.
    void close();

    const Source& source() const { return source_; }

private:
    using Clock = std::chrono::steady_clock;
    enum class State {
        handshaking,
        reading_head,
        judging,
        reading_body,
        handling,
        delaying,
        writing,
        lingering,
        closed
    };
    enum class Then { next_request, read_body, linger, close, reset };  // after the last byte is written

    void drive();
    bool step();
    bool step_handshake();
    bool step_head();
    bool step_body();
    bool step_write();
    bool step_linger();

    bool fill();  // one read into the input; false when nothing more can be done now
    bool await(Progress progress);
    void wait(boost::asio::socket_base::wait_type what);
    void cancel_wait();

    void expect_request(Clock::duration patience);
    bool head_complete();
    bool refuse_head();  // what the server itself has against this header
    bool ask_later();    // whether the handler wants time for its verdict
    bool let_in();
    void dispatch();
    void next_request();
    bool peer_ended();
    bool parse_failed(const boost::beast::error_code& error);

    void reject(unsigned status, Turned why, const std::string& detail);
    void begin_answer(HttpResponse response);
    void write_continue();
    void cut(std::size_t bytes);
    bool unread_body() const;
    void linger();
    void reset();

    void join_waiters();
    void leave_waiters();
    Clock::duration header_patience() const;
    Clock::time_point body_deadline() const;
    void set_deadline(Clock::duration from_now) { set_deadline_at(Clock::now() + from_now); }
    void set_deadline_at(Clock::time_point at);
    void clear_deadline() { deadline_ = Clock::time_point::max(); }
    void arm(Clock::time_point at);
    void on_deadline();

    std::string_view input() const { return {in_.get() + in_begin_, in_end_ - in_begin_}; }
    void consume(std::size_t bytes);
    void make_room();

    Commons* commons_;
    boost::asio::generic::stream_protocol::socket socket_;
    Stream stream_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<boost::asio::steady_timer> delay_;
    std::string peer_;
    Source source_;
    std::optional<LocalPeer> local_;
    std::string subject_;

    State state_ = State::reading_head;
    bool driving_ = false;
    std::uint64_t wait_serial_ = 0;
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point armed_until_ = Clock::time_point::max();

    std::unique_ptr<char[]> in_;
    std::size_t in_size_ = 0;
    std::size_t in_begin_ = 0;
    std::size_t in_end_ = 0;

    HttpRequest request_;
    std::optional<RequestParser> parser_;
    bool started_ = false;       // a byte of this request has come
    Clock::time_point began_{};  // then
    bool read_first_ = true;     // whether to try a read before waiting for one
    std::size_t header_bytes_ = 0;
    std::uint64_t serial_ = 0;
    bool head_only_ = false;
    bool http_1_0_ = false;
    bool keep_alive_ = false;

    std::string out_;           // head, and a small body
    std::string out_body_;      // a large body
    std::size_t out_done_ = 0;  // bytes of both that are sent
    Then then_ = Then::next_request;
    std::size_t lingered_bytes_ = 0;
};

}  // namespace net::detail
