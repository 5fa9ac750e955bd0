#include "sim/panos/call/response_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sim::panos {
namespace {

struct Page {
    std::string_view category;
    std::string_view title;
    std::string_view text;
};

constexpr std::array pages{
    Page{"application-block-page", "Application Blocked", "The application you tried to use is not allowed here."},
    Page{"captive-portal-text", "Sign In", "Sign in to go on."},
    Page{"credential-block-page", "Credentials Blocked", "This site may not be given company credentials."},
    Page{"credential-coach-text", "Credentials", "You are about to give company credentials to another site."},
    Page{"data-filter-block-page", "Data Blocked", "The transfer holds data that may not leave."},
    Page{"file-block-continue-page", "File Download", "The file's kind is dangerous. Go on only when you trust it."},
    Page{"file-block-page", "File Blocked", "Files of this kind are not allowed here."},
    Page{"mfa-login-page", "Sign In", "Another proof of who you are is needed."},
    Page{"safe-search-block-page", "Search Blocked", "Turn on safe search to go on."},
    Page{"ssl-cert-status-page", "Certificate Error", "The site's certificate is not good."},
    Page{"ssl-optout-text", "Encrypted Site", "The connection to this site will be inspected."},
    Page{"url-block-page", "Page Blocked", "The page you tried to see is not allowed here."},
    Page{"url-coach-text", "Page Blocked", "The page's category is restricted. Go on only when you need it."},
    Page{"virus-block-page", "Virus Blocked", "The file you tried to load holds a virus."},
};

const Page* page(std::string_view category) {
    const auto at =
        std::find_if(pages.begin(), pages.end(), [category](const Page& each) { return each.category == category; });
    return at == pages.end() ? nullptr : &*at;
}

}  // namespace

bool is_response_page(std::string_view category) {
    return page(category) != nullptr;
}

std::string default_response_page(std::string_view category) {
    const Page* const found = page(category);
    return found == nullptr ? std::string{}
                            : fmt::format(
                                  "<html>\n<head><title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n<p>{1}</p>\n"
                                  "</body>\n</html>\n",
                                  found->title, found->text);
}

}  // namespace sim::panos
