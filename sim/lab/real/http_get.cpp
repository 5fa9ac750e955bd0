#include "sim/lab/real/http_get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

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

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* into) {
    const std::string_view line(data, size * count);
    constexpr std::string_view name = "etag:";
    const bool same =
        line.size() > name.size() && std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
            return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
        });
    if (same) {
        const std::size_t begin = line.find_first_not_of(' ', name.size());
        const std::size_t end = line.find_last_not_of("\r\n ");
        *static_cast<std::string*>(into) = std::string(line.substr(begin, end + 1 - begin));
    }
    return line.size();
}

}  // namespace

tl::expected<Page, std::string> fetch_page(const PageRequest& request, std::chrono::milliseconds patience) {
    const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), &curl_easy_cleanup);
    CURL* curl = handle.get();
    if (curl == nullptr) {
        return tl::unexpected(std::string("libcurl has no memory for another handle"));
    }
    Page page;
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &page.etag);
    if (request.method == "HEAD") {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (request.method == "POST") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    }
    if (!request.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
    }
    const std::string condition = "If-None-Match: " + request.if_none_match;
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
        request.if_none_match.empty() ? nullptr : curl_slist_append(nullptr, condition.c_str()), &curl_slist_free_all);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        return tl::unexpected(fmt::format("{} {}: {}", request.method, request.url, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    page.status = static_cast<unsigned>(status);
    return page;
}

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
    if (post) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
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
