// Something worth a line in the log.
#pragma once

#include <string>
#include <string_view>

namespace bridge::engine {

struct Happening {
    enum class Kind { detail, news, warning, audit } kind = Kind::news;
    std::string subject;  // "hq", "intake", "block 203.0.113.5"
    std::string text;
};

constexpr std::string_view name_of(Happening::Kind kind) {
    switch (kind) {
        case Happening::Kind::detail:
            return "debug";
        case Happening::Kind::news:
            return "info";
        case Happening::Kind::warning:
            return "warning";
        case Happening::Kind::audit:
            return "audit";
    }
    return "info";
}

}  // namespace bridge::engine
