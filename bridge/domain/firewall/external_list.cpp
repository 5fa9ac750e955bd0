#include "bridge/domain/firewall/external_list.hpp"

namespace bridge::domain {

std::string_view name_of(ListKind kind) {
    switch (kind) {
        case ListKind::ip:
            return "ip";
        case ListKind::domain:
            return "domain";
        case ListKind::url:
            return "url";
    }
    return "ip";
}

std::optional<ListKind> list_kind_of(std::string_view name) {
    for (const ListKind kind : list_kinds) {
        if (name_of(kind) == name) {
            return kind;
        }
    }
    return std::nullopt;
}

bool carries(ListKind kind, const Indicator& indicator) {
    return (kind == ListKind::ip) == (indicator.domain() == nullptr);
}

std::string list_entry(ListKind kind, const Indicator& indicator) {
    return kind == ListKind::url ? indicator.text() + "/" : indicator.text();
}

std::string_view placeholder_entry(ListKind kind) {
    switch (kind) {
        case ListKind::ip:
            return "240.0.0.0";
        case ListKind::domain:
            return "firebreak.invalid";
        case ListKind::url:
            return "firebreak.invalid/";
    }
    return "240.0.0.0";
}

std::optional<Indicator> read_list_entry(std::string_view text) {
    while (text.ends_with('/')) {
        text.remove_suffix(1);
    }
    for (const std::string_view host : {"/32", "/128"}) {
        const bool v6 = text.find(':') != std::string_view::npos;
        if (text.ends_with(host) && v6 == (host == "/128")) {
            text.remove_suffix(host.size());
            break;
        }
    }
    return Indicator::parse(text);
}

}  // namespace bridge::domain
