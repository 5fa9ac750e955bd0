#include "bridge/panos/curl_transport.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace bridge::panos {

using namespace domain;

namespace {

constexpr std::size_t reply_bytes_max = 256U << 20U;

struct EasyCloser {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFreer {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void start_curl_once() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(started);
}

/// One request on its way.
struct Flight {
    Endpoint endpoint;
    std::string form;  // whole, secret: freed with the flight
    Transport::Done done;
    std::shared_ptr<BodyReader> reader;  // none: the body is kept
    std::size_t bytes = 0;               // of the body
    ApiReply reply;
    std::unique_ptr<CURL, EasyCloser> easy;
    std::unique_ptr<curl_slist, ListFreer> headers;
    char error[CURL_ERROR_SIZE] = {};
};

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto* flight = static_cast<Flight*>(user);
    flight->bytes += size * count;
    if (flight->bytes > reply_bytes_max) {
        return 0;  // ends the transfer with CURLE_WRITE_ERROR
    }
    if (flight->reader != nullptr) {
        flight->reader->take({bytes, size * count});
    } else {
        flight->reply.body.append(bytes, size * count);
    }
    return size * count;
}

/// When the certificate that the peer of a new connection showed expires; nullopt for a kept connection, or without
/// TLS.
std::optional<WallTime> certificate_expiry(CURL* easy) {
    long connects = 0;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_certinfo* chain = nullptr;
    if (connects == 0 || curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr ||
        chain->num_of_certs < 1) {
        return std::nullopt;
    }
    for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
        constexpr std::string_view key = "Expire date:";
        if (const std::string_view text = line->data; text.starts_with(key)) {
            const std::time_t when = curl_getdate(line->data + key.size(), nullptr);
            return when < 0 ? std::nullopt : std::optional(WallTime(std::chrono::seconds(when)));
        }
    }
    return std::nullopt;
}

Failure failure_of(CURLcode code, const Flight& flight) {
    const std::string said = flight.error[0] != '\0' ? flight.error : curl_easy_strerror(code);
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return {Errc::not_trusted, fmt::format("{}: the certificate is not trusted ({}); is `ca:` the right one?",
                                                   flight.endpoint.url, said)};
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
            return {Errc::misconfigured, fmt::format("{}: {}", flight.endpoint.url, said)};
        default:
            return {Errc::unreachable, fmt::format("{}: {}", flight.endpoint.url, said)};
    }
}

}  // namespace

struct CurlClient::Driver {
    explicit Driver(std::function<void(std::function<void()>)> deliver_) : deliver(std::move(deliver_)) {
        start_curl_once();
        multi = curl_multi_init();
        thread = std::thread([this] { drive(); });
    }

    ~Driver() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        curl_multi_wakeup(multi);
        thread.join();
        for (auto& [easy, flight] : flying) {
            curl_multi_remove_handle(multi, easy);
        }
        flying.clear();
        curl_multi_cleanup(multi);
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    void launch(std::unique_ptr<Flight> flight) {
        {
            const std::lock_guard lock(mutex);
            waiting.push_back(std::move(flight));
        }
        curl_multi_wakeup(multi);
    }

    void drive() {
        while (true) {
            std::vector<std::unique_ptr<Flight>> fresh;
            {
                const std::lock_guard lock(mutex);
                if (stopping) {
                    return;
                }
                fresh.swap(waiting);
            }
            for (auto& flight : fresh) {
                take_off(std::move(flight));
            }
            int running = 0;
            curl_multi_perform(multi, &running);
            land();
            curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
        }
    }

    void take_off(std::unique_ptr<Flight> flight) {
        flight->easy.reset(curl_easy_init());
        CURL* easy = flight->easy.get();
        const Endpoint& to = flight->endpoint;
        curl_easy_setopt(easy, CURLOPT_URL, (to.url + "/api/").c_str());
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        // The environment's proxy is for surfing; a key must not go through it unasked.
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, flight->form.data());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(flight->form.size()));
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight->headers.get());
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_bytes);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight.get());
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight->error);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(to.connect_timeout.count()));
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(to.timeout.count()));
        curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, to.insecure ? 0L : 1L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, to.insecure ? 0L : 2L);
        curl_easy_setopt(easy, CURLOPT_CERTINFO, to.on_certificate ? 1L : 0L);
        if (!to.ca_file.empty()) {
            curl_easy_setopt(easy, CURLOPT_CAINFO, to.ca_file.c_str());
            curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // that one authority and no other
        }
        curl_multi_add_handle(multi, easy);
        flying.emplace(easy, std::move(flight));
    }

    void land() {
        int left = 0;
        while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) {
                continue;
            }
            CURL* easy = message->easy_handle;
            const CURLcode code = message->data.result;
            curl_multi_remove_handle(multi, easy);
            const auto place = flying.find(easy);
            const std::shared_ptr<Flight> flight = std::move(place->second);
            flying.erase(place);
            if (code != CURLE_OK) {
                deliver([flight, failure = failure_of(code, *flight)] { flight->done(tl::unexpected(failure)); });
                continue;
            }
            long status = 0;
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
            flight->reply.status = static_cast<unsigned>(status);
            if (flight->endpoint.on_certificate) {
                if (const auto expiry = certificate_expiry(easy)) {
                    deliver([flight, expiry = *expiry] { flight->endpoint.on_certificate(expiry); });
                }
            }
            deliver([flight] { flight->done(std::move(flight->reply)); });
        }
    }

    std::function<void(std::function<void()>)> deliver;
    CURLM* multi = nullptr;
    std::mutex mutex;  // guards the next two
    std::vector<std::unique_ptr<Flight>> waiting;
    bool stopping = false;
    std::map<CURL*, std::unique_ptr<Flight>> flying;  // the thread's own
    std::thread thread;
};

class CurlTransport : public Transport {
public:
    CurlTransport(CurlClient::Driver& driver, Endpoint endpoint) : driver_(driver), endpoint_(std::move(endpoint)) {}

    void call(ApiRequest request, Done done) override {
        auto flight = std::make_unique<Flight>();
        flight->endpoint = endpoint_;
        flight->form = std::move(request.form);
        flight->form += request.tail.reveal();
        flight->done = std::move(done);
        flight->reader = std::move(request.reader);
        curl_slist* headers = nullptr;
        if (!request.key.empty()) {
            headers = curl_slist_append(headers, ("X-PAN-KEY: " + request.key.reveal()).c_str());
        }
        headers = curl_slist_append(headers, "Expect:");  // a second's wait for a device that does not answer it
        flight->headers.reset(headers);
        driver_.launch(std::move(flight));
    }

private:
    CurlClient::Driver& driver_;
    Endpoint endpoint_;
};

CurlClient::CurlClient(std::function<void(std::function<void()>)> deliver)
    : driver_(std::make_unique<Driver>(std::move(deliver))) {}

CurlClient::~CurlClient() = default;

std::unique_ptr<Transport> CurlClient::transport_to(Endpoint endpoint) {
    return std::make_unique<CurlTransport>(*driver_, std::move(endpoint));
}

}  // namespace bridge::panos
