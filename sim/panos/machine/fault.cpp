#include "sim/panos/machine/fault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {
namespace {

struct Subject {
    FaultOn on;
    std::string_view name;
};

constexpr std::array subjects{
    Subject{FaultOn::any, "any"},        Subject{FaultOn::keygen, "keygen"}, Subject{FaultOn::get, "get"},
    Subject{FaultOn::show, "show"},      Subject{FaultOn::set, "set"},       Subject{FaultOn::edit, "edit"},
    Subject{FaultOn::erase, "delete"},   Subject{FaultOn::config, "config"}, Subject{FaultOn::commit, "commit"},
    Subject{FaultOn::job, "job"},        Subject{FaultOn::op, "op"},         Subject{FaultOn::commit_job, "commit-job"},
    Subject{FaultOn::user_id, "user-id"}};

struct NamedAnswer {
    FaultAnswer answer;
    std::string_view name;
};

constexpr std::array answers{NamedAnswer{FaultAnswer::none, "none"},
                             NamedAnswer{FaultAnswer::lock_held_by_other_admin, "lock-held-by-other-admin"},
                             NamedAnswer{FaultAnswer::busy, "busy"},
                             NamedAnswer{FaultAnswer::code, "code-N"},
                             NamedAnswer{FaultAnswer::http, "http-N"},
                             NamedAnswer{FaultAnswer::body, "body"},
                             NamedAnswer{FaultAnswer::job_fail, "job-fail"},
                             NamedAnswer{FaultAnswer::wrong_xml, "wrong-xml"},
                             NamedAnswer{FaultAnswer::truncated, "truncated"},
                             NamedAnswer{FaultAnswer::forgotten, "forgotten"}};

std::optional<int> number(std::string_view text) {
    const auto value = whole_number(text, std::numeric_limits<int>::max());
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

bool over(const Fault& fault, Instant now) {
    return (fault.times && *fault.times == 0) || (fault.until && *fault.until <= now);
}

}  // namespace

bool Fault::stops_the_call() const {
    switch (answer) {
        case FaultAnswer::lock_held_by_other_admin:
        case FaultAnswer::busy:
        case FaultAnswer::code:
        case FaultAnswer::http:
        case FaultAnswer::body:
        case FaultAnswer::forgotten:
            return true;
        case FaultAnswer::none:
        case FaultAnswer::job_fail:
        case FaultAnswer::wrong_xml:
        case FaultAnswer::truncated:
            break;
    }
    return drop == Drop::before;
}

std::string Fault::summary() const {
    std::string text(name_of(on));
    const auto named =
        std::find_if(answers.begin(), answers.end(), [this](const NamedAnswer& n) { return n.answer == answer; });
    if (answer == FaultAnswer::code || answer == FaultAnswer::http) {
        text += fmt::format(": {}-{}", answer == FaultAnswer::code ? "code" : "http", code);
    } else if (answer != FaultAnswer::none) {
        text += fmt::format(": {}", named->name);
    }
    if (delay.count() > 0) {
        text += fmt::format(", delay {} ms", delay.count());
    }
    if (drop != Drop::no) {
        text += drop == Drop::before ? ", dropped before" : ", dropped after";
    }
    if (cut_after) {
        text += fmt::format(", cut after {} bytes", *cut_after);
    }
    if (commit_time) {
        text += fmt::format(", takes {} us", commit_time->count());
    }
    return text;
}

std::optional<FaultOn> fault_subject(std::string_view text) {
    const auto at = std::find_if(subjects.begin(), subjects.end(), [text](const Subject& s) { return s.name == text; });
    return at == subjects.end() ? std::nullopt : std::optional(at->on);
}

std::string_view name_of(FaultOn on) {
    return std::find_if(subjects.begin(), subjects.end(), [on](const Subject& s) { return s.on == on; })->name;
}

std::vector<std::string_view> fault_subjects() {
    std::vector<std::string_view> names;
    names.reserve(subjects.size());
    for (const Subject& each : subjects) {
        names.push_back(each.name);
    }
    return names;
}

std::vector<std::string_view> fault_answers() {
    std::vector<std::string_view> names;
    names.reserve(answers.size());
    for (const NamedAnswer& each : answers) {
        names.push_back(each.name);
    }
    return names;
}

tl::expected<void, std::string> set_answer(Fault& fault, std::string_view answer) {
    for (const NamedAnswer& each : answers) {
        if (each.name == answer && each.answer != FaultAnswer::code && each.answer != FaultAnswer::http) {
            fault.answer = each.answer;
            return {};
        }
    }
    const bool is_code = answer.rfind("code-", 0) == 0;
    const bool is_http = answer.rfind("http-", 0) == 0;
    if (const auto value = number(is_code || is_http ? answer.substr(5) : answer)) {
        if (is_code || (*value >= 300 && *value <= 599)) {
            fault.answer = is_code ? FaultAnswer::code : FaultAnswer::http;
            fault.code = *value;
            return {};
        }
    }
    return tl::make_unexpected(
        fmt::format("answer '{}' is not one of {} (N: a number)", answer, fmt::join(fault_answers(), ", ")));
}

std::uint64_t FaultDesk::add(Fault fault) {
    fault.id = ++counter_;
    faults_.push_back(std::move(fault));
    return counter_;
}

bool FaultDesk::lift(std::uint64_t id) {
    return std::erase_if(faults_, [id](const Fault& fault) { return fault.id == id; }) > 0;
}

std::optional<Fault> FaultDesk::strike(FaultOn kind, std::optional<FaultOn> also, Instant now) {
    advance(now);
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        Fault& fault = faults_[i];
        const bool matches = fault.on == kind || (also && fault.on == *also) ||
                             (fault.on == FaultOn::any && kind != FaultOn::commit_job);
        if (!matches) {
            continue;
        }
        if (fault.skip > 0) {
            --fault.skip;
            continue;
        }
        Fault struck = fault;
        if (fault.times && --*fault.times == 0) {
            faults_.erase(faults_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        return struck;
    }
    return std::nullopt;
}

std::optional<std::string> FaultDesk::pretended_lock_owner(FaultOn kind, Instant now) const {
    for (const Fault& fault : faults_) {
        if (!over(fault, now) && fault.on == kind && fault.skip == 0 &&
            fault.answer == FaultAnswer::lock_held_by_other_admin) {
            return fault.admin;
        }
    }
    return std::nullopt;
}

std::optional<Instant> FaultDesk::next_end() const {
    std::optional<Instant> end;
    for (const Fault& fault : faults_) {
        if (fault.until && (!end || *fault.until < *end)) {
            end = fault.until;
        }
    }
    return end;
}

void FaultDesk::advance(Instant now) {
    std::erase_if(faults_, [now](const Fault& fault) { return over(fault, now); });
}

}  // namespace sim::panos
