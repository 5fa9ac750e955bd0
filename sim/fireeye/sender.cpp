#include "sim/fireeye/sender.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace sim::fireeye {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = 64UL * 1024;
/// What curl of the appliances' age asks first for (reference §2.1; the rule is inferred from curl).
constexpr std::size_t expect_above_bytes = 1024;

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Multi = std::unique_ptr<CURLM, MultiDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

std::chrono::microseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

/// libcurl's global state, set up once before the first use and kept until the process ends.
void prepare_curl() {
    static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)prepared;
}

void append(List& list, const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer != nullptr) {
        (void)list.release();
        list.reset(longer);
    }
}

/// One request under way. Its address is known to curl, so it does not move.
class Transfer {
public:
    Transfer(const Destination& to, const RenderedNotification& notification, const SendFault& fault, std::size_t index)
        : index_(index), fault_(fault), easy_(curl_easy_init()), start_(Clock::now()) {
        body_ = notification.body;
        if (fault.kind != SendFault::Kind::none && fault.is_of_body()) {
            alter_body(notification);
        }
        if (easy_ != nullptr) {
            configure_connection(easy_.get(), to, error_text_.data());
            const auto allowed = time_allowed(to, fault, body_.size());
            curl_easy_setopt(easy_.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(allowed.count()));
            configure_credentials(to);
            configure_request(notification);
            configure_body();
            curl_easy_setopt(easy_.get(), CURLOPT_PRIVATE, this);
        }
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    static void configure_connection(CURL* easy, const Destination& to, char* error_text) {
        curl_easy_setopt(easy, CURLOPT_URL, to.url.c_str());
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_PROXY, "");  // not the environment's: a lab's traffic stays where it is sent
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(to.timeout.count()));
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, to.insecure ? 0L : 1L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, to.insecure ? 0L : 2L);
        set_text(easy, CURLOPT_CAINFO, to.ca_file);
        set_text(easy, CURLOPT_SSLCERT, to.client_certificate);
        set_text(easy, CURLOPT_SSLKEY, to.client_key);
        set_text(easy, CURLOPT_INTERFACE, to.own_address.empty() ? "" : "host!" + to.own_address);
    }

    CURL* easy() const { return easy_.get(); }
    std::size_t index() const { return index_; }
    /// Why nothing can be sent at all; empty when it can.
    const std::string& refusal() const { return refusal_; }

    /// Of a slow body: when its next piece may go. nullopt: it waits for nothing.
    std::optional<Clock::time_point> wakes_at() const { return wakes_at_; }
    void wake() {
        wakes_at_.reset();
        curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    }

    Delivery finish(CURLcode result) {
        Delivery delivery;
        delivery.took = since(start_);
        long status = 0;
        if (easy_ != nullptr) {
            curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        }
        const bool hung_up = fault_.kind == SendFault::Kind::cut_body && result == CURLE_ABORTED_BY_CALLBACK;
        delivery.body = std::move(answer_);
        if (!refusal_.empty()) {
            delivery.error = refusal_;
        } else if (result == CURLE_OK) {
            delivery.status = static_cast<unsigned>(status);
        } else if (hung_up) {
            delivery.error = fmt::format("hung up after {} of {} bytes, as told", sent_, body_.size());
        } else {
            delivery.error = error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(result);
        }
        return delivery;
    }

private:
    static void set_text(CURL* easy, CURLoption option, const std::string& text) {
        if (!text.empty()) {
            curl_easy_setopt(easy, option, text.c_str());
        }
    }

    void alter_body(const RenderedNotification& notification) {
        auto altered = body_with(fault_, notification.body);
        if (altered) {
            altered_body_ = std::move(*altered);
            body_ = altered_body_;
        } else {
            refusal_ = altered.error();
        }
    }

    /// The time that the pauses of a slow body take comes on top.
    static std::chrono::milliseconds time_allowed(const Destination& to, const SendFault& fault, std::size_t size) {
        const std::size_t pieces = fault.kind == SendFault::Kind::slow_body ? size / fault.after_bytes : 0;
        return to.timeout + pieces * fault.pause;
    }

    void configure_credentials(const Destination& to) {
        const bool wrong = fault_.kind == SendFault::Kind::wrong_password;
        if (to.user.empty() && !wrong) {
            return;
        }
        curl_easy_setopt(easy_.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(easy_.get(), CURLOPT_USERNAME, to.user.empty() ? "fireeye" : to.user.c_str());
        const std::string password = wrong ? to.password + "-but-wrong" : to.password;
        curl_easy_setopt(easy_.get(), CURLOPT_PASSWORD, password.c_str());
    }

    void configure_request(const RenderedNotification& notification) {
        curl_easy_setopt(easy_.get(), CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(easy_.get(), CURLOPT_POST, 1L);
        curl_easy_setopt(easy_.get(), CURLOPT_USERAGENT, notification.user_agent.c_str());
        const bool lies = fault_.kind == SendFault::Kind::wrong_content_type;
        append(headers_, "Content-Type: " + (lies ? fault_.content_type : notification.content_type));
        const bool asks_first = body_.size() > expect_above_bytes && fault_.kind != SendFault::Kind::no_expect;
        append(headers_, asks_first ? "Expect: 100-continue" : "Expect:");
        if (fault_.kind == SendFault::Kind::chunked) {
            append(headers_, "Transfer-Encoding: chunked");
        }
        for (const auto& [name, value] : notification.headers) {
            append(headers_, name + ": " + value);
        }
        curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
        curl_easy_setopt(easy_.get(), CURLOPT_WRITEFUNCTION, &Transfer::take_answer);
        curl_easy_setopt(easy_.get(), CURLOPT_WRITEDATA, this);
    }

    void configure_body() {
        using Kind = SendFault::Kind;
        const bool by_pieces =
            fault_.kind == Kind::chunked || fault_.kind == Kind::cut_body || fault_.kind == Kind::slow_body;
        if (fault_.kind != SendFault::Kind::chunked) {
            curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
        }
        if (by_pieces) {
            curl_easy_setopt(easy_.get(), CURLOPT_READFUNCTION, &Transfer::give_body);
            curl_easy_setopt(easy_.get(), CURLOPT_READDATA, this);
        } else {
            curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDS, body_.data());
        }
    }

    static std::size_t take_answer(char* data, std::size_t, std::size_t size, void* self) {
        std::string& answer = static_cast<Transfer*>(self)->answer_;
        answer.append(data, std::min(size, answer_bytes_max - std::min(answer.size(), answer_bytes_max)));
        return size;
    }

    static std::size_t give_body(char* data, std::size_t unit, std::size_t count, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        std::size_t end = transfer.body_.size();
        if (transfer.fault_.kind == SendFault::Kind::cut_body) {
            end = std::min(end, transfer.fault_.after_bytes);
            if (transfer.sent_ >= end) {
                return CURL_READFUNC_ABORT;
            }
        }
        std::size_t room = unit * count;
        if (transfer.fault_.kind == SendFault::Kind::slow_body && transfer.sent_ < end) {
            if (!transfer.may_give_piece()) {
                return CURL_READFUNC_PAUSE;
            }
            room = std::min(room, transfer.fault_.after_bytes);
        }
        const std::size_t size = std::min(room, end - transfer.sent_);
        std::memcpy(data, transfer.body_.data() + transfer.sent_, size);
        transfer.sent_ += size;
        return size;
    }

    /// One piece, then none until the pause is over.
    bool may_give_piece() {
        const Clock::time_point now = Clock::now();
        if (now < next_piece_) {
            wakes_at_ = next_piece_;
            return false;
        }
        next_piece_ = now + fault_.pause;
        return true;
    }

    std::size_t index_;
    SendFault fault_;
    Easy easy_;
    Clock::time_point start_;
    List headers_;
    std::string altered_body_;
    std::string_view body_;
    std::size_t sent_ = 0;
    std::string refusal_;
    Clock::time_point next_piece_{};
    std::optional<Clock::time_point> wakes_at_;
    std::string answer_;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
};

/// The requests of one `send_all`, from the first to the last.
class Schedule {
public:
    Schedule(CURLM* multi, std::span<const Outgoing> outgoing, std::size_t in_flight_max, const Sender::Report& report)
        : multi_(multi), outgoing_(outgoing), in_flight_max_(in_flight_max), report_(report) {}

    bool goes_on() const { return next_ < outgoing_.size() || !in_flight_.empty(); }
    void start_no_more() { outgoing_ = outgoing_.first(next_); }

    void start_due() {
        while (may_start() && since(start_) >= outgoing_[next_].due) {
            const Outgoing& out = outgoing_[next_];
            const SendFault none;
            auto transfer =
                std::make_unique<Transfer>(*out.to, *out.notification, out.fault == nullptr ? none : *out.fault, next_);
            ++next_;
            CURL* const easy = transfer->easy();
            if (easy == nullptr || !transfer->refusal().empty() || curl_multi_add_handle(multi_, easy) != CURLM_OK) {
                end(*transfer, CURLE_OUT_OF_MEMORY);
                continue;
            }
            has_pauses_ = has_pauses_ || (out.fault != nullptr && out.fault->kind == SendFault::Kind::slow_body);
            in_flight_.emplace(easy, std::move(transfer));
        }
    }

    void wake_due() {
        next_wake_.reset();
        if (!has_pauses_) {
            return;
        }
        const Clock::time_point now = Clock::now();
        for (const auto& [easy, transfer] : in_flight_) {
            if (transfer->wakes_at() && *transfer->wakes_at() <= now) {
                transfer->wake();  // may pause again at once
            }
        }
    }

    void advance() {
        int running = 0;
        curl_multi_perform(multi_, &running);
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE) {
                continue;
            }
            const CURLcode result = message->data.result;
            const auto node = in_flight_.extract(message->easy_handle);
            curl_multi_remove_handle(multi_, node.key());
            end(*node.mapped(), result);
        }
        for (const auto& [easy, transfer] : in_flight_) {
            if (!has_pauses_) {
                break;
            }
            if (transfer->wakes_at() && (!next_wake_ || *transfer->wakes_at() < *next_wake_)) {
                next_wake_ = transfer->wakes_at();
            }
        }
    }

    /// curl waits in whole milliseconds: rounding up would send late, rounding down only asks once more.
    void wait() {
        std::chrono::microseconds longest = std::chrono::seconds(1);
        if (may_start()) {
            longest = std::min(longest, outgoing_[next_].due - since(start_));
        }
        if (next_wake_) {
            longest =
                std::min(longest, std::chrono::duration_cast<std::chrono::microseconds>(*next_wake_ - Clock::now()));
        }
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
        if (goes_on() && wait > 0) {
            curl_multi_poll(multi_, nullptr, 0, static_cast<int>(wait), nullptr);
        }
    }

private:
    bool may_start() const { return next_ < outgoing_.size() && in_flight_.size() < in_flight_max_; }

    void end(Transfer& transfer, CURLcode result) {
        Delivery delivery = transfer.finish(result);
        delivery.since_due = since(start_) - outgoing_[transfer.index()].due;
        report_(transfer.index(), delivery);
    }

    CURLM* multi_;
    std::span<const Outgoing> outgoing_;
    std::size_t in_flight_max_;
    const Sender::Report& report_;
    Clock::time_point start_ = Clock::now();
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> in_flight_;
    std::size_t next_ = 0;
    bool has_pauses_ = false;
    std::optional<Clock::time_point> next_wake_;
};

/// The status of "HTTP/1.1 400 Bad Request", or 0.
unsigned status_of(std::string_view answer) {
    unsigned status = 0;
    const auto blank = answer.find(' ');
    if (answer.starts_with("HTTP/1.") && blank != std::string_view::npos) {
        const std::string_view number = answer.substr(blank + 1, 3);
        std::from_chars(number.data(), number.data() + number.size(), status);
    }
    return status;
}

}  // namespace

class Sender::Curl {
public:
    Curl() : multi_((prepare_curl(), curl_multi_init())) {}

    CURLM* multi() const { return multi_.get(); }

    /// Waits until the socket can be read or written, or until `deadline`.
    bool await(curl_socket_t socket, short events, Clock::time_point deadline) const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) {
            return false;
        }
        curl_waitfd wanted{socket, events, 0};
        int ready = 0;
        return curl_multi_poll(multi_.get(), &wanted, 1, static_cast<int>(left), &ready) == CURLM_OK && ready > 0;
    }

private:
    Multi multi_;
};

Sender::Sender() : curl_(std::make_unique<Curl>()) {}
Sender::~Sender() = default;
Sender::Sender(Sender&&) noexcept = default;
Sender& Sender::operator=(Sender&&) noexcept = default;

Delivery Sender::send(const Destination& to, const RenderedNotification& notification, const SendFault& fault) {
    const Outgoing only{&to, &notification, std::chrono::microseconds(0), &fault};
    Delivery delivery;
    send_all({&only, 1}, 1, [&](std::size_t, const Delivery& done) { delivery = done; });
    delivery.since_due = delivery.took;
    return delivery;
}

Delivery Sender::send_raw(const Destination& to, std::string_view bytes) {
    const auto start = Clock::now();
    const auto deadline = start + to.timeout;
    Delivery delivery;
    std::array<char, CURL_ERROR_SIZE> error_text{};
    const Easy easy(curl_easy_init());
    const auto ended = [&](CURLcode result, std::string_view step) {
        if (result != CURLE_OK) {
            delivery.error =
                fmt::format("{}: {}", step, error_text[0] != '\0' ? error_text.data() : curl_easy_strerror(result));
        }
        delivery.took = delivery.since_due = since(start);
        delivery.status = status_of(delivery.body);
        return std::move(delivery);
    };
    if (easy == nullptr) {
        return ended(CURLE_OUT_OF_MEMORY, "connecting");
    }
    Transfer::configure_connection(easy.get(), to, error_text.data());
    curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
    if (const CURLcode result = curl_easy_perform(easy.get()); result != CURLE_OK) {
        return ended(result, "connecting");
    }
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &socket);
    while (!bytes.empty()) {
        std::size_t sent = 0;
        const CURLcode result = curl_easy_send(easy.get(), bytes.data(), bytes.size(), &sent);
        bytes.remove_prefix(sent);
        if (result == CURLE_AGAIN ? !curl_->await(socket, CURL_WAIT_POLLOUT, deadline) : result != CURLE_OK) {
            return ended(result == CURLE_AGAIN ? CURLE_OPERATION_TIMEDOUT : result, "sending");
        }
    }
    std::array<char, 4096> buffer{};
    while (delivery.body.size() < answer_bytes_max) {
        std::size_t received = 0;
        const CURLcode result = curl_easy_recv(easy.get(), buffer.data(), buffer.size(), &received);
        if (result == CURLE_AGAIN) {
            if (!curl_->await(socket, CURL_WAIT_POLLIN, deadline)) {
                return ended(CURLE_OPERATION_TIMEDOUT, "waiting for the answer");
            }
            continue;
        }
        if (result != CURLE_OK || received == 0) {
            return ended(delivery.body.empty() ? result : CURLE_OK, "reading the answer");
        }
        delivery.body.append(buffer.data(), received);
    }
    return ended(CURLE_OK, "reading the answer");
}

void Sender::send_at(const Destination& to, std::span<const RenderedNotification* const> notifications,
                     std::span<const std::chrono::microseconds> due, std::size_t in_flight_max, const Report& report,
                     std::stop_token stop) {
    std::vector<Outgoing> outgoing;
    for (std::size_t i = 0; i < std::min(notifications.size(), due.size()); ++i) {
        outgoing.push_back({&to, notifications[i], due[i], nullptr});
    }
    send_all(outgoing, in_flight_max, report, std::move(stop));
}

void Sender::send_all(std::span<const Outgoing> outgoing, std::size_t in_flight_max, const Report& report,
                      std::stop_token stop) {
    CURLM* const multi = curl_->multi();
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    Schedule schedule(multi, outgoing, std::max<std::size_t>(in_flight_max, 1), report);
    while (schedule.goes_on()) {
        if (stop.stop_requested()) {
            schedule.start_no_more();
        }
        schedule.start_due();
        schedule.wake_due();
        schedule.advance();
        schedule.wait();
    }
}

}  // namespace sim::fireeye
