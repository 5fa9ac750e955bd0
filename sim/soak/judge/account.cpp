#include "sim/soak/judge/account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sim::soak {

namespace {

constexpr std::size_t findings_max = 1000;

std::string clock_text(Micros at) {
    const double seconds = std::chrono::duration<double>(at).count();
    const auto minutes = static_cast<int>(seconds / 60);
    return fmt::format("{}:{:04.1f}", minutes, seconds - minutes * 60);
}

}  // namespace

std::string_view name_of(Wrong wrong) {
    constexpr std::array<std::string_view, 10> names{"not-blocked", "never-denied", "let-go", "overstays",
                                                     "not-named",   "duplicate",    "bridge", "firewall",
                                                     "journal",     "growth"};
    return names.at(static_cast<std::size_t>(wrong));
}

std::string Finding::told() const {
    std::string line = fmt::format("{} {}", clock_text(at), name_of(wrong));
    for (const std::string& part : {firewall, address, alert ? fmt::format("alert {}", *alert) : std::string()}) {
        line += part.empty() ? "" : " " + part;
    }
    return line + ": " + text;
}

Account::Account(Rules rules, std::vector<std::string> addresses, std::vector<std::string> firewalls)
    : rules_(rules),
      names_(std::move(addresses)),
      firewalls_(std::move(firewalls)),
      addresses_(names_.size()),
      spots_(names_.size() * firewalls_.size()),
      denied_(firewalls_.size()) {}

void Account::sent(std::size_t address, Micros now) {
    Named& it = addresses_[address];
    it.first_sent = std::min(it.first_sent, now);
    it.last_sent = now;
}

void Account::acknowledged(std::uint64_t alert, std::size_t address, Micros now) {
    ++acknowledged_;
    Named& it = addresses_[address];
    const bool runs = it.last_acknowledged != never && now < it.last_acknowledged + rules_.expire - rules_.early;
    it.chain_since = runs ? it.chain_since : now;
    it.last_acknowledged = now;
    it.last_alert = alert;
    for (std::size_t i = 0; i < firewalls_.size(); ++i) {
        Spot& at = spot(i, address);
        if (at.denied) {
            ++accounted_;
            at.told = false;
            continue;
        }
        if (at.open_since == never) {
            open_spot(at, now, alert);
        }
        ++at.alerts;
    }
}

void Account::open_spot(Spot& at, Micros since, std::uint64_t alert) {
    at.open_since = since;
    at.alert = alert;
    at.alerts = 0;
    at.told = false;
    ++open_;
}

void Account::close_spot(Spot& at) {
    at.open_since = never;
    at.alerts = 0;
    at.told = false;
    --open_;
}

void Account::looked(std::size_t firewall, const std::vector<bool>& denied, Micros now) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (spot(firewall, i).denied == denied[i]) {
            continue;
        }
        if (denied[i]) {
            was_denied(firewall, i, now);
        } else {
            was_let_go(firewall, i, now);
        }
    }
}

void Account::was_denied(std::size_t firewall, std::size_t address, Micros now) {
    Spot& at = spot(firewall, address);
    const Named& it = addresses_[address];
    at.denied = true;
    at.tampered = false;
    at.told = false;
    ++denied_[firewall];
    ++blocks_;
    if (it.first_sent == never) {
        add({now, Wrong::not_named, firewalls_[firewall], names_[address], {}, "is denied, and no alert has named it"});
    }
    if (at.open_since != never) {
        waits_.add(now - at.open_since);
        accounted_ += at.alerts;
        close_spot(at);
    }
}

void Account::was_let_go(std::size_t firewall, std::size_t address, Micros now) {
    Spot& at = spot(firewall, address);
    const Named& it = addresses_[address];
    at.denied = false;
    at.told = false;
    --denied_[firewall];
    ++removals_;
    if (!is_due(address, now)) {
        return;
    }
    // An alert that comes while the removal of the block before is being committed finds it denied; it is let go then,
    // and owed anew.
    open_spot(at, now, it.last_alert);
    if (!at.tampered && now - it.chain_since > rules_.patience) {
        add({now, Wrong::let_go, firewalls_[firewall], names_[address], it.last_alert,
             fmt::format("is let go, though the alert was acknowledged at {} and alerts ask for it since {}",
                         clock_text(it.last_acknowledged), clock_text(it.chain_since))});
    }
}

void Account::tampered(std::size_t firewall, std::size_t address) {
    spot(firewall, address).tampered = true;
}

void Account::tick(Micros now) {
    for (std::size_t f = 0; f < firewalls_.size(); ++f) {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            Spot& at = spot(f, i);
            const Named& it = addresses_[i];
            if (at.open_since != never) {
                if (it.last_acknowledged + rules_.expire < now) {
                    if (at.alerts > 0) {
                        add({now, Wrong::never_denied, firewalls_[f], names_[i], at.alert,
                             fmt::format("is not denied since {}, and its time is over", clock_text(at.open_since))});
                    }
                    close_spot(at);
                } else if (!at.told && now - at.open_since > rules_.patience) {
                    at.told = true;
                    add({now, Wrong::not_blocked, firewalls_[f], names_[i], at.alert,
                         fmt::format("is owed since {}, and not denied", clock_text(at.open_since))});
                }
            } else if (at.denied && !at.told && it.last_sent != never &&
                       it.last_sent + rules_.expire + rules_.patience < now) {
                at.told = true;
                add({now, Wrong::overstays, firewalls_[f], names_[i], it.last_alert,
                     fmt::format("is denied still, and the last alert about it left at {}", clock_text(it.last_sent))});
            }
        }
    }
}

void Account::add(Finding finding) {
    ++findings_count_;
    if (findings_.size() < findings_max) {
        findings_.push_back(std::move(finding));
    }
}

void Account::explained(std::size_t firewall, std::size_t address, const std::string& reason) {
    Spot& at = spot(firewall, address);
    if (at.open_since == never || reason.empty()) {
        return;
    }
    accounted_ += at.alerts;
    explained_ += at.alerts;
    close_spot(at);
}

bool Account::is_due(std::size_t address, Micros now) const {
    const Named& it = addresses_[address];
    return it.last_acknowledged != never && now < it.last_acknowledged + rules_.expire - rules_.early;
}

bool Account::may_stand(std::size_t address, Micros now) const {
    const Named& it = addresses_[address];
    return it.last_sent != never && now < it.last_sent + rules_.expire + rules_.early;
}

bool Account::denied(std::size_t firewall, std::size_t address) const {
    return spots_[firewall * names_.size() + address].denied;
}

}  // namespace sim::soak
