#include "bridge/operate/config/own_addresses.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <utility>

namespace bridge::operate {

using domain::AllowRule;
using domain::IpAddress;

namespace {

constexpr std::chrono::minutes look_every{10};
constexpr std::chrono::minutes look_again_after_failure{1};

std::optional<IpAddress> address_of(const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = nullptr;
    if (address != nullptr && address->sa_family == AF_INET) {
        bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    } else if (address != nullptr && address->sa_family == AF_INET6) {
        bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    }
    if (bytes == nullptr || inet_ntop(address->sa_family, bytes, text.data(), text.size()) == nullptr) {
        return std::nullopt;
    }
    return IpAddress::parse(text.data());
}

std::vector<IpAddress> ask_resolver(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    std::vector<IpAddress> addresses;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
        return addresses;
    }
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        if (const auto address = address_of(one->ai_addr)) {
            addresses.push_back(*address);
        }
    }
    freeaddrinfo(found);
    return addresses;
}

}  // namespace

std::vector<AllowRule> addresses_of_this_host() {
    std::vector<AllowRule> rules;
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) {
        return rules;
    }
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
        const auto address = address_of(one->ifa_addr);
        auto rule =
            address ? AllowRule::parse(address->text(), fmt::format("the bridge's own address, on {}", one->ifa_name))
                    : std::nullopt;
        if (rule) {
            rules.push_back(std::move(*rule));
        }
    }
    freeifaddrs(all);
    return rules;
}

/// Where threads that look names up leave their answers while there is somebody to take them. A look-up cannot be
/// broken off and may take half a minute, for which nobody wants to wait at the end.
struct OwnAddresses::Inbox {
    std::mutex mutex;
    OwnAddresses* owner = nullptr;
};

OwnAddresses::OwnAddresses(std::vector<TargetName> names, engine::Clock& clock, engine::Engine& engine,
                           engine::Engine::Listener listener, LookUp look_up)
    : names_(std::move(names)),
      found_(names_.size()),
      told_(names_.size()),
      clock_(clock),
      engine_(engine),
      listener_(std::move(listener)),
      look_up_(look_up ? std::move(look_up) : ask_resolver),
      inbox_(std::make_shared<Inbox>()) {
    inbox_->owner = this;
    look();
}

OwnAddresses::~OwnAddresses() {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->owner = nullptr;
}

void OwnAddresses::look() {
    allow("this host", addresses_of_this_host());
    alarm_ = clock_.at(clock_.now() + look_every, [this] { look(); });
    if (names_.empty()) {
        return;
    }
    std::thread([inbox = inbox_, names = names_, ask = look_up_] {
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto addresses = ask(names[i].host);
            const std::lock_guard lock(inbox->mutex);
            if (inbox->owner == nullptr) {
                return;
            }
            inbox->owner->clock_.post([inbox, i, addresses = std::move(addresses)] {
                // On the owner's thread, where it also goes; so it cannot go in between.
                if (inbox->owner != nullptr) {
                    inbox->owner->take(i, addresses);
                }
            });
        }
    }).detach();
}

void OwnAddresses::take(std::size_t name, const std::vector<IpAddress>& addresses) {
    const TargetName& asked = names_[name];
    if (addresses.empty()) {
        if (!told_[name]) {
            listener_({engine::Happening::Kind::warning, asked.target,
                       fmt::format("the addresses of {} cannot be looked up, so they are not on the allow list by "
                                   "themselves; asking again every minute",
                                   asked.host)});
        }
        told_[name] = true;
        alarm_ = clock_.at(clock_.now() + look_again_after_failure, [this] { look(); });
        return;
    }
    told_[name] = false;
    found_[name].clear();
    for (const IpAddress& address : addresses) {
        auto rule = AllowRule::parse(address.text(), fmt::format("{}, target {}", asked.host, asked.target));
        if (rule) {
            found_[name].push_back(std::move(*rule));
        }
    }
    std::vector<AllowRule> all;
    for (const auto& rules : found_) {
        all.insert(all.end(), rules.begin(), rules.end());
    }
    allow("targets", std::move(all));
}

/// Only what has changed: the engine looks through its whole ledger each time.
void OwnAddresses::allow(const std::string& layer, std::vector<AllowRule> rules) {
    std::vector<std::string> texts;
    for (const AllowRule& rule : rules) {
        texts.push_back(rule.text());
    }
    std::sort(texts.begin(), texts.end());
    auto& given = given_[layer];
    if (std::exchange(given, texts) != texts) {
        engine_.allow(layer, std::move(rules));
    }
}

}  // namespace bridge::operate
