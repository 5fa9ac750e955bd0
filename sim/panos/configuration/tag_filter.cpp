#include "sim/panos/configuration/tag_filter.hpp"

#include <fmt/format.h>

#include <optional>

#include "sim/panos/configuration/address.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t text_bytes_max = 2047;  // documented for the field
constexpr int depth_max = 64;

}  // namespace

class TagFilterReader {
public:
    using Done = tl::expected<void, std::string>;

    explicit TagFilterReader(std::string_view text) : text_(text) {}

    tl::expected<TagFilter, std::string> read() {
        if (text_.size() > text_bytes_max) {
            return tl::make_unexpected(fmt::format("the filter is longer than {} characters", text_bytes_max));
        }
        if (auto done = alternatives(0); !done) {
            return tl::make_unexpected(done.error());
        }
        blanks();
        if (at_ < text_.size()) {
            return tl::make_unexpected(wrong("'and' or 'or' is missing"));
        }
        return std::move(filter_);
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    TagFilter filter_;

    std::string wrong(std::string_view what) const { return fmt::format("{} at character {}", what, at_ + 1); }

    void blanks() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }

    std::string_view bare() const {
        const std::string_view left = text_.substr(at_);
        return left.substr(0, left.find_first_of(" \t\r\n()'\""));
    }

    bool word(std::string_view wanted) {
        blanks();
        if (lower_case(bare()) != wanted) {
            return false;
        }
        at_ += wanted.size();
        return true;
    }

    Done alternatives(int depth) {
        Done done = terms(depth);
        while (done && word("or")) {
            done = terms(depth);
            filter_.steps_.push_back({TagFilter::Kind::disjunction, {}});
        }
        return done;
    }

    Done terms(int depth) {
        Done done = factor(depth);
        while (done && word("and")) {
            done = factor(depth);
            filter_.steps_.push_back({TagFilter::Kind::conjunction, {}});
        }
        return done;
    }

    Done factor(int depth) {
        if (depth > depth_max) {
            return tl::make_unexpected(wrong("it is nested too deeply"));
        }
        if (word("not")) {
            Done done = factor(depth + 1);
            filter_.steps_.push_back({TagFilter::Kind::negation, {}});
            return done;
        }
        if (at_ >= text_.size()) {
            return tl::make_unexpected(wrong("a tag is missing"));
        }
        if (text_[at_] == '(') {
            ++at_;
            if (Done done = alternatives(depth + 1); !done) {
                return done;
            }
            blanks();
            if (at_ >= text_.size() || text_[at_] != ')') {
                return tl::make_unexpected(wrong("')' is missing"));
            }
            ++at_;
            return {};
        }
        return tag();
    }

    Done tag() {
        const char quote = text_[at_];
        if (quote == '\'' || quote == '"') {
            const std::size_t end = text_.find(quote, at_ + 1);
            if (end == std::string_view::npos) {
                return tl::make_unexpected(wrong("a quote is not closed"));
            }
            if (end == at_ + 1) {
                return tl::make_unexpected(wrong("a tag is missing"));
            }
            push(text_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
        } else {
            const std::string_view name = bare();
            const std::string lower = lower_case(name);
            if (name.empty() || lower == "and" || lower == "or") {
                return tl::make_unexpected(wrong("a tag is missing"));
            }
            push(name);
            at_ += name.size();
        }
        return {};
    }

    void push(std::string_view name) { filter_.steps_.push_back({TagFilter::Kind::tag, std::string(name)}); }
};

tl::expected<TagFilter, std::string> TagFilter::parse(std::string_view text) {
    return TagFilterReader(text).read();
}

bool TagFilter::matches(const HasTag& has) const {
    std::vector<bool> values;
    const auto take = [&values] {
        const bool value = values.back();
        values.pop_back();
        return value;
    };
    for (const Step& step : steps_) {
        if (step.kind == Kind::tag) {
            values.push_back(has(step.tag));
        } else if (step.kind == Kind::negation) {
            values.push_back(!take());
        } else {
            const bool right = take();
            const bool left = take();
            values.push_back(step.kind == Kind::conjunction ? left && right : left || right);
        }
    }
    return !values.empty() && values.back();
}

std::vector<std::string> TagFilter::tags() const {
    std::vector<std::string> names;
    for (const Step& step : steps_) {
        if (step.kind == Kind::tag) {
            names.push_back(step.tag);
        }
    }
    return names;
}

}  // namespace sim::panos
