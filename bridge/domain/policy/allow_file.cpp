#include "bridge/domain/policy/allow_file.hpp"

#include <fmt/format.h>

#include "bridge/domain/value/printable.hpp"

namespace bridge::domain {

namespace {

constexpr std::size_t complaints_max = 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

tl::expected<std::vector<AllowRule>, std::vector<std::string>> read_allow_file(std::string_view text,
                                                                               const std::string& file) {
    std::vector<AllowRule> rules;
    std::vector<std::string> complaints;
    std::size_t wrong = 0;
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        std::string_view entry = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        entry = trimmed(entry.substr(0, entry.find('#')));
        if (entry.empty()) {
            continue;
        }
        auto rule = AllowRule::parse(entry, fmt::format("{}:{}", file, line));
        const bool everything = entry.ends_with("/0");
        if (rule && !everything) {
            rules.push_back(std::move(*rule));
            continue;
        }
        ++wrong;
        if (wrong <= complaints_max) {
            complaints.push_back(fmt::format("{}:{}: '{}' {}", file, line, printable(entry),
                                             rule ? "allows every address, so nothing would be blocked; name what is "
                                                    "never to be blocked"
                                                  : "is no CIDR prefix and no domain name"));
        }
    }
    if (wrong == 0) {
        return rules;
    }
    if (wrong > complaints_max) {
        complaints.push_back(fmt::format("{}: {} more such lines", file, wrong - complaints_max));
    }
    return tl::unexpected(std::move(complaints));
}

}  // namespace bridge::domain
