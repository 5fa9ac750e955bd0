// External dynamic lists: what the running configuration says of them, when they are to be fetched, and what their
// last good copy holds. Fetching is somebody else's (ListFetcher): an address goes out, a text comes in, later.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/panos/policy/address_index.hpp"
#include "sim/panos/tree/node.hpp"

namespace sim::panos {

struct ListRequest {
    std::string url;
    std::string user;  // of Basic authentication, empty: none
    std::string password;
};

/// Gets the text behind a list's URL. Whoever implements it calls `done` once, at any time after, on the thread of the
/// device, and then lets the device advance. `done` may outlive the device.
class ListFetcher {
public:
    using Text = tl::expected<std::string, std::string>;  // or why not: "Couldn't connect to server"
    using Done = std::function<void(Text)>;

    virtual ~ListFetcher() = default;
    virtual void fetch(const ListRequest& request, Done done) = 0;
};

enum class ListKind { ip, domain, url, predefined_ip, predefined_url, other };
std::string_view name_of(ListKind kind);

/// The scope that defines it ("shared" or a vsys) and its name.
using ListKey = std::pair<std::string, std::string>;

struct ListLimits {
    std::size_t addresses = 50'000;
    std::size_t domains = 50'000;
    std::size_t urls = 50'000;
};
ListLimits list_limits(std::string_view model);

/// What was read out of a list's text.
struct ListContent {
    std::vector<std::string> valid;
    std::vector<std::string> invalid;
    std::size_t ignored = 0;  // beyond the model's capacity
};
/// One entry a line; what follows an entry after white space, and after #, // or ; at its begin, is comment. Entries of
/// the exception list are left out.
ListContent read_list(ListKind kind, std::string_view text, const std::set<std::string>& exceptions, std::size_t most);

struct ExternalList {
    ListKey key;
    ListKind kind = ListKind::other;
    std::string url;
    NodePtr definition;  // the entry
    ListContent content;
    bool fetched = false;  // some text came once
    std::string failure;   // of the last attempt, empty when it went well
    std::optional<Instant> refreshed;
    std::optional<Instant> next;  // when it is due by its `recurring`

    /// The entry that holds the address, or is the domain or URL pattern that holds the text.
    const std::string* holds(const Ip& ip) const;
    const std::string* holds(std::string_view url_or_domain) const;

    void take(ListContent fresh);

private:
    AddressIndex<std::size_t> addresses_;
    std::unordered_map<std::string, std::size_t> names_;  // lower case, without "*." and "^."
};

/// The next time after `now` that the list's `recurring` names (UTC); nothing without one.
std::optional<Instant> next_refresh(const Node& definition, Instant now);

class ListTable {
public:
    explicit ListTable(ListLimits limits = {}) : limits_(limits) {}

    /// The lists are those of `running`; answers the ones that are new or defined otherwise than before.
    std::vector<ListKey> follow(const NodePtr& running, Instant now);
    const ExternalList* find(const ListKey& key) const;
    /// As a rule of that vsys sees the name.
    const ExternalList* seen_from(std::string_view vsys, std::string_view name) const;
    std::vector<const ExternalList*> all() const;

    using Ticket = std::uint64_t;
    /// Asks for the list's text; without a fetcher the answer is a failure that comes at once.
    Ticket ask(const ListKey& key, ListFetcher* fetcher);
    /// The text that was asked for is there, or why it is not.
    bool answered(Ticket ticket) const;
    /// Takes what came; a line for the job's details. With nothing there, it failed for want of time.
    tl::expected<std::string, std::string> take(const ListKey& key, Ticket ticket, Instant now);

    /// Lists whose time has come; each has its next time afterwards.
    std::vector<ListKey> due(Instant now);
    std::optional<Instant> next_event() const;

private:
    struct Inbox {
        std::set<Ticket> open;
        std::map<Ticket, ListFetcher::Text> arrived;
    };

    ListLimits limits_;
    NodePtr followed_;
    std::map<ListKey, ExternalList> lists_;
    std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
    Ticket counter_ = 0;
};

}  // namespace sim::panos
