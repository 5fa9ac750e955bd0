#include "sim/lab/real/web_lists.hpp"

#include <curl/curl.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace sim::lab {

namespace {

constexpr std::size_t list_bytes_max = 64U << 20U;
constexpr long patience_seconds = 15;  // shorter than the device's

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size * count > list_bytes_max) {
        return 0;
    }
    body.append(data, size * count);
    return size * count;
}

// A transfer that nobody waits for any more ends with the next of libcurl's looks, within a second.
int given_up(void* ends, curl_off_t /*all*/, curl_off_t /*now*/, curl_off_t /*all_up*/, curl_off_t /*now_up*/) {
    return static_cast<const std::atomic<bool>*>(ends)->load() ? 1 : 0;
}

panos::ListFetcher::Text get(const panos::ListRequest& request, std::atomic<bool>& ends) {
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
    if (curl == nullptr) {
        return tl::unexpected(std::string(curl_easy_strerror(CURLE_FAILED_INIT)));
    }
    std::string body;
    curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, patience_seconds);
    if (!request.user.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, request.password.c_str());
    }
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &given_up);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &ends);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(curl.get());
    return code == CURLE_OK ? panos::ListFetcher::Text(std::move(body))
                            : tl::unexpected(std::string(curl_easy_strerror(code)));
}

}  // namespace

// Shared with what it posts to the loop, which may run after the fetcher is gone.
struct WebLists::Worker : std::enable_shared_from_this<WebLists::Worker> {
    explicit Worker(net::EventLoop& on) : loop(on) {}

    struct Order {
        panos::ListRequest request;
        Done done;
    };

    net::EventLoop& loop;
    std::mutex mutex;
    std::condition_variable more;
    std::deque<Order> orders;  // guarded by mutex
    std::atomic<bool> ends = false;
    std::function<void()> tell;  // loop's thread
    std::thread thread;

    void run() {
        for (;;) {
            Order order;
            {
                std::unique_lock lock(mutex);
                more.wait(lock, [this] { return ends || !orders.empty(); });
                if (ends) {
                    return;
                }
                order = std::move(orders.front());
                orders.pop_front();
            }
            Text text = get(order.request, ends);
            loop.post([self = shared_from_this(), done = std::move(order.done), text = std::move(text)] {
                done(text);
                if (self->tell) {
                    self->tell();
                }
            });
        }
    }
};

WebLists::WebLists(net::EventLoop& loop) : worker_(std::make_shared<Worker>(loop)) {
    worker_->thread = std::thread([worker = worker_.get()] { worker->run(); });
}

WebLists::~WebLists() {
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->ends = true;
    }
    worker_->more.notify_one();
    worker_->thread.join();
    worker_->tell = nullptr;
}

void WebLists::on_answer(std::function<void()> tell) {
    worker_->tell = std::move(tell);
}

void WebLists::fetch(const panos::ListRequest& request, Done done) {
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->orders.push_back({request, std::move(done)});
    }
    worker_->more.notify_one();
}

}  // namespace sim::lab
