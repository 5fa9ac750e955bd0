#include "bridge/domain/firewall/tag_filter.hpp"

namespace bridge::domain {

namespace {

class FilterReader {
public:
    FilterReader(std::string_view text, std::string_view tag) : rest_(text), tag_(tag) {}

    std::optional<bool> read() {
        const bool value = either(0);
        blanks();
        return good_ && rest_.empty() ? std::optional(value) : std::nullopt;
    }

private:
    static constexpr int depth_max = 32;

    bool either(int depth) {
        bool value = both(depth);
        while (good_ && word("or")) {
            const bool other = both(depth);
            value = value || other;
        }
        return value;
    }

    bool both(int depth) {
        bool value = one(depth);
        while (good_ && word("and")) {
            const bool other = one(depth);
            value = value && other;
        }
        return value;
    }

    bool one(int depth) {
        if (depth > depth_max) {
            good_ = false;
            return false;
        }
        if (word("not")) {
            return !one(depth + 1);
        }
        blanks();
        if (rest_.starts_with('(')) {
            rest_.remove_prefix(1);
            const bool value = either(depth + 1);
            blanks();
            good_ = good_ && rest_.starts_with(')');
            rest_.remove_prefix(good_ ? 1 : 0);
            return value;
        }
        return name() == tag_;
    }

    std::string_view name() {
        if (rest_.starts_with('\'') || rest_.starts_with('"')) {
            const std::size_t end = rest_.find(rest_.front(), 1);
            if (end == std::string_view::npos) {
                good_ = false;
                return {};
            }
            const std::string_view found = rest_.substr(1, end - 1);
            rest_.remove_prefix(end + 1);
            return found;
        }
        const std::string_view found = rest_.substr(0, rest_.find_first_of(" \t\r\n()'\""));
        good_ = good_ && !found.empty() && found != "and" && found != "or" && found != "not";
        rest_.remove_prefix(found.size());
        return found;
    }

    /// The operator, in either case, if it comes next.
    bool word(std::string_view what) {
        blanks();
        if (rest_.size() < what.size()) {
            return false;
        }
        for (std::size_t i = 0; i < what.size(); ++i) {
            const char c = rest_[i];
            if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != what[i]) {
                return false;
            }
        }
        const std::string_view after = rest_.substr(what.size());
        if (!after.empty() && std::string_view(" \t\r\n('\"").find(after.front()) == std::string_view::npos) {
            return false;
        }
        rest_ = after;
        return true;
    }

    void blanks() {
        const std::size_t begin = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
    }

    std::string_view rest_;
    std::string_view tag_;
    bool good_ = true;
};

}  // namespace

std::optional<bool> filter_takes(std::string_view filter, std::string_view tag) {
    return FilterReader(filter, tag).read();
}

}  // namespace bridge::domain
