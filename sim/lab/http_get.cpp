#include "sim/lab/http_get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

namespace sim::lab {

struct HttpGetter::Handle {
    CURL* curl = nullptr;
};

namespace {

constexpr std::size_t page_bytes_max = 64U << 20U;

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size * count > page_bytes_max) {
        return 0;
    }
    body.append(data, size * count);
    return size * count;
}

}  // namespace

HttpGetter::HttpGetter() : handle_(std::make_unique<Handle>()) {
    handle_->curl = curl_easy_init();
}

HttpGetter::~HttpGetter() {
    curl_easy_cleanup(handle_->curl);
}

tl::expected<Page, std::string> HttpGetter::get(const std::string& url, std::chrono::milliseconds patience) {
    return perform(url, false, patience);
}

tl::expected<Page, std::string> HttpGetter::post(const std::string& url, std::chrono::milliseconds patience) {
    return perform(url, true, patience);
}

tl::expected<Page, std::string> HttpGetter::perform(const std::string& url, bool post,
                                                    std::chrono::milliseconds patience) {
    CURL* curl = handle_->curl;
    if (curl == nullptr) {
        return tl::unexpected(std::string("libcurl has no memory for another handle"));
    }
    Page page;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (post) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page.body);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        return tl::unexpected(fmt::format("{} {}: {}", post ? "POST" : "GET", url, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    page.status = static_cast<unsigned>(status);
    return page;
}

}  // namespace sim::lab
