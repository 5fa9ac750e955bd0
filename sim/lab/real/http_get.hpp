// One GET of a small page on this machine, or one POST without a body.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace sim::lab {

struct Page {
    unsigned status = 0;
    std::string body;
    std::string etag{};
};

struct PageRequest {
    std::string url;
    std::string method = "GET";
    std::string user{};  // of Basic authentication; empty: none
    std::string password{};
    std::string if_none_match{};
};

/// One request by a connection of its own. Errors as HttpGetter::get.
tl::expected<Page, std::string> fetch_page(const PageRequest& request, std::chrono::milliseconds patience);

/// Keeps its connection between calls. One thread at a time.
class HttpGetter {
public:
    HttpGetter();
    ~HttpGetter();

    /// At most 64 MiB. Errors name the URL and libcurl's reason.
    tl::expected<Page, std::string> get(const std::string& url, std::chrono::milliseconds patience);
    tl::expected<Page, std::string> post(const std::string& url, std::chrono::milliseconds patience);

private:
    tl::expected<Page, std::string> perform(const std::string& url, bool post, std::chrono::milliseconds patience);

    struct Handle;
    std::unique_ptr<Handle> handle_;
};

}  // namespace sim::lab
