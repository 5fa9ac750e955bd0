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
        if (fault.kind == SendFault::Kind::byte_order_mark) {
            altered_body_ = "\xEF\xBB\xBF" + notification.body;
        }
        body_ = altered_body_.empty() ? std::string_view(notification.body) : altered_body_;
        if (easy_ != nullptr) {
            configure_connection(easy_.get(), to, error_text_.data());
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
    }

    CURL* easy() const { return easy_.get(); }
    std::size_t index() const { return index_; }

    Delivery finish(CURLcode result) {
        Delivery delivery;
        delivery.took = since(start_);
        long status = 0;
        if (easy_ != nullptr) {
            curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        }
        const bool hung_up = fault_.kind == SendFault::Kind::cut_body && result == CURLE_ABORTED_BY_CALLBACK;
        delivery.body = std::move(answer_);
        if (result == CURLE_OK) {
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
        append(headers_, "Content-Type: " + notification.content_type);
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
        const bool by_pieces = fault_.kind == SendFault::Kind::chunked || fault_.kind == SendFault::Kind::cut_body;
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
        const std::size_t size = std::min(unit * count, end - transfer.sent_);
        std::memcpy(data, transfer.body_.data() + transfer.sent_, size);
        transfer.sent_ += size;
        return size;
    }

    std::size_t index_;
    SendFault fault_;
    Easy easy_;
    Clock::time_point start_;
    List headers_;
    std::string altered_body_;
    std::string_view body_;
    std::size_t sent_ = 0;
    std::string answer_;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
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
    Transfer transfer(to, notification, fault, 0);
    const CURLcode result = transfer.easy() == nullptr ? CURLE_OUT_OF_MEMORY : curl_easy_perform(transfer.easy());
    Delivery delivery = transfer.finish(result);
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
                     std::span<const std::chrono::microseconds> due, std::size_t in_flight_max,
                     const std::function<void(std::size_t, const Delivery&)>& report, std::stop_token stop) {
    CURLM* const multi = curl_->multi();
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    const auto start = Clock::now();
    const std::size_t count = std::min(notifications.size(), due.size());
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> in_flight;
    const auto end = [&](std::unique_ptr<Transfer> transfer, CURLcode result) {
        Delivery delivery = transfer->finish(result);
        delivery.since_due = since(start) - due[transfer->index()];
        report(transfer->index(), delivery);
    };
    std::size_t next = 0;
    while (next < count || !in_flight.empty()) {
        if (stop.stop_requested()) {
            next = count;
        }
        while (next < count && in_flight.size() < std::max<std::size_t>(in_flight_max, 1) &&
               since(start) >= due[next]) {
            auto transfer = std::make_unique<Transfer>(to, *notifications[next], SendFault{}, next);
            ++next;
            CURL* const easy = transfer->easy();
            if (easy == nullptr || curl_multi_add_handle(multi, easy) != CURLM_OK) {
                end(std::move(transfer), CURLE_OUT_OF_MEMORY);
                continue;
            }
            in_flight.emplace(easy, std::move(transfer));
        }
        int running = 0;
        curl_multi_perform(multi, &running);
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) {
                continue;
            }
            const CURLcode result = message->data.result;
            auto node = in_flight.extract(message->easy_handle);
            curl_multi_remove_handle(multi, node.key());
            end(std::move(node.mapped()), result);
        }
        const bool may_start = next < count && in_flight.size() < std::max<std::size_t>(in_flight_max, 1);
        const auto until_due = may_start ? due[next] - since(start) : std::chrono::microseconds(1'000'000);
        // curl waits in whole milliseconds: rounding up would send late, rounding down only asks once more.
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(until_due).count();
        if ((next < count || !in_flight.empty()) && wait > 0) {
            curl_multi_poll(multi, nullptr, 0, static_cast<int>(std::min<std::int64_t>(wait, 1000)), nullptr);
        }
    }
}

}  // namespace sim::fireeye
