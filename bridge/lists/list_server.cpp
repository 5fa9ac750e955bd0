#include "bridge/lists/list_server.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>

#include "bridge/domain/value/printable.hpp"

namespace bridge::lists {

using namespace domain;

namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view text) {
    Digest digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return digest;
}

net::HttpResponse one_line(unsigned status, std::string_view line) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = fmt::format("{}\n", line);
    return response;
}

struct PageName {
    std::string target;
    ListKind kind;
};

/// "/hq/ip.txt"; a query is let go.
std::optional<PageName> page_named(std::string_view target) {
    target = target.substr(0, target.find('?'));
    constexpr std::string_view ending = ".txt";
    if (!target.starts_with('/') || !target.ends_with(ending)) {
        return std::nullopt;
    }
    target.remove_prefix(1);
    target.remove_suffix(ending.size());
    const std::size_t slash = target.find('/');
    const auto kind = slash == std::string_view::npos ? std::nullopt : list_kind_of(target.substr(slash + 1));
    return kind ? std::optional(PageName{std::string(target.substr(0, slash)), *kind}) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace

bool names_tag(std::string_view if_none_match, std::string_view etag) {
    if (trimmed(if_none_match) == "*") {
        return true;
    }
    // Our tags hold no comma.
    while (!if_none_match.empty()) {
        const std::size_t comma = if_none_match.find(',');
        std::string_view one = trimmed(if_none_match.substr(0, comma));
        if (one.starts_with("W/")) {
            one.remove_prefix(2);
        }
        if (one == etag) {
            return true;
        }
        if_none_match.remove_prefix(comma == std::string_view::npos ? if_none_match.size() : comma + 1);
    }
    return false;
}

ListServer::ListServer(Tokens tokens, engine::Engine& engine, const engine::Clock& clock,
                       engine::Engine::Listener listener)
    : tokens_(std::move(tokens)), engine_(engine), clock_(clock), listener_(std::move(listener)) {}

void ListServer::tell(engine::Happening::Kind kind, std::string text) const {
    listener_({kind, "lists", std::move(text)});
}

bool ListServer::knows(const std::string& user, const std::string& password) const {
    const auto place = tokens_.find(user);
    const bool known = place != tokens_.end();
    // Digests have one length, and one is made and compared for a user that does not exist as well.
    const Digest expected = digest_of(known ? place->second.reveal() : std::string("of nobody"));
    const Digest given = digest_of(password);
    const bool same = CRYPTO_memcmp(expected.data(), given.data(), given.size()) == 0;
    return same && known;
}

std::optional<net::HttpResponse> ListServer::on_header(const net::HttpRequest& head) {
    const auto credentials = net::basic_credentials(head.header("Authorization"));
    if (!credentials || !knows(credentials->first, credentials->second)) {
        const std::string why = !credentials
                                    ? "user and password are required (HTTP basic)"
                                    : fmt::format("wrong user or password for '{}'", printable(credentials->first, 40));
        tell(engine::Happening::Kind::warning,
             fmt::format("401 to {} for {}: {}", printable(head.peer), printable(head.target, 80), why));
        net::HttpResponse response = one_line(401, "user and password of the list are required");
        response.headers.push_back({"WWW-Authenticate", "Basic realm=\"firebreak lists\""});
        return response;
    }
    if (head.method != "GET" && head.method != "HEAD") {
        net::HttpResponse response = one_line(405, "lists are fetched");
        response.headers.push_back({"Allow", "GET, HEAD"});
        return response;
    }
    const auto name = page_named(head.target);
    if (name && name->target != credentials->first) {
        tell(engine::Happening::Kind::warning,
             fmt::format("403 to {} for {}: user '{}' has pages of its own", printable(head.peer),
                         printable(head.target, 80), printable(credentials->first, 40)));
        return one_line(403, "the page belongs to another target");
    }
    if (!name || engine_.list_page(name->target, name->kind) == nullptr) {
        tell(engine::Happening::Kind::warning,
             fmt::format("404 to {}: there is no {}", printable(head.peer), printable(head.target, 80)));
        return one_line(404,
                        fmt::format("there are /{0}/ip.txt, /{0}/domain.txt and /{0}/url.txt", credentials->first));
    }
    return std::nullopt;
}

const ListServer::Label& ListServer::label(const std::string& target, ListKind kind, const ListPage& page) {
    Label& label = labels_[{target, kind}];
    if (label.version == page.version) {
        return label;
    }
    const Digest digest = digest_of(page.text);
    std::string etag = "\"";
    for (std::size_t i = 0; i < digest.size() / 2; ++i) {
        etag += fmt::format("{:02x}", digest[i]);
    }
    etag += '"';
    if (etag != label.etag) {
        label.modified =
            fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", std::chrono::floor<std::chrono::seconds>(clock_.wall()));
    }
    label.version = page.version;
    label.etag = std::move(etag);
    return label;
}

void ListServer::on_request(net::HttpRequest request, net::Respond respond) {
    const auto name = page_named(request.target);
    const ListPage* page = name ? engine_.list_page(name->target, name->kind) : nullptr;
    if (page == nullptr) {
        respond(one_line(404, "no such page"));
        return;
    }
    const Label& its = label(name->target, name->kind, *page);
    const bool unchanged = names_tag(request.header("If-None-Match"), its.etag);
    net::HttpResponse response;
    response.status = unchanged ? 304 : 200;
    response.headers = {{"ETag", its.etag}, {"Last-Modified", its.modified}, {"Cache-Control", "no-cache"}};
    if (!unchanged) {
        response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
        response.headers.push_back({"X-Content-Type-Options", "nosniff"});
        response.body = page->text;
    }
    const std::uint64_t version = page->version;
    tell(engine::Happening::Kind::detail,
         fmt::format("{} to {}: {} {}, {} bytes", response.status, printable(request.peer), request.method,
                     printable(request.target, 80), response.body.size()));
    respond(std::move(response));
    if (request.method == "GET") {
        engine_.list_fetched(name->target, name->kind, version);
    }
}

void ListServer::on_turned_away(net::Turned /*why*/, const std::string& peer, const std::string& detail) {
    tell(engine::Happening::Kind::warning, fmt::format("turned away {}: {}", printable(peer), printable(detail, 200)));
}

}  // namespace bridge::lists
