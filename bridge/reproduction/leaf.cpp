#include "bridge/reproduction/leaf.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace bridge::reproduction {

namespace {

constexpr std::size_t depth_max = 1000;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_wrapper(std::string_view folded) {
    return folded == "value" || folded == "content";
}

void append_utf8(std::uint32_t code, std::string& out) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0U | (code >> 6U));
        byte(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
        byte(0xe0U | (code >> 12U));
        byte(0x80U | ((code >> 6U) & 0x3fU));
        byte(0x80U | (code & 0x3fU));
    } else {
        byte(0xf0U | (code >> 18U));
        byte(0x80U | ((code >> 12U) & 0x3fU));
        byte(0x80U | ((code >> 6U) & 0x3fU));
        byte(0x80U | (code & 0x3fU));
    }
}

/// A text without its escapes, and the places of its bytes.
class Decoded {
public:
    void clear() {
        text_.clear();
        places_.clear();
    }
    void plain(char c, std::size_t at) {
        text_ += c;
        places_.push_back(static_cast<std::uint32_t>(at));
    }
    void code(std::uint32_t code, std::size_t at) {
        const std::size_t before = text_.size();
        append_utf8(code, text_);
        places_.insert(places_.end(), text_.size() - before, static_cast<std::uint32_t>(at));
    }
    void end(std::size_t at) { places_.push_back(static_cast<std::uint32_t>(at)); }
    const std::string& text() const { return text_; }
    const std::vector<std::uint32_t>& places() const { return places_; }

private:
    std::string text_;
    std::vector<std::uint32_t> places_;
};

std::optional<std::uint32_t> number(std::string_view digits, int base) {
    std::uint32_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, value, base);
    return error == std::errc() && stopped == end && !digits.empty() ? std::optional(value) : std::nullopt;
}

/// What both walkers do when they come to a text.
class Walk {
public:
    Walk(std::string_view payload, const std::function<void(const Leaf&)>& visit) : payload_(payload), visit_(visit) {}

protected:
    void tell(Leaf leaf, std::size_t begin, std::size_t end) const {
        leaf.raw_begin = begin;
        leaf.raw_end = end;
        leaf.text = payload_.substr(begin, end - begin);
        visit_(leaf);
    }
    void tell_decoded(Leaf leaf, std::size_t begin, std::size_t end) const {
        leaf.raw_begin = begin;
        leaf.raw_end = end;
        leaf.text = decoded_.text();
        leaf.places = &decoded_.places();
        visit_(leaf);
    }
    void rest_from(std::size_t at) const {
        if (at < payload_.size()) {
            tell({}, at, payload_.size());
        }
    }

    std::string_view payload_;
    Decoded decoded_;

private:
    const std::function<void(const Leaf&)>& visit_;
};

// ---- JSON

class JsonWalk : Walk {
public:
    using Walk::Walk;

    void run() {
        while (at_ < payload_.size()) {
            const char c = payload_[at_];
            if (c == '"') {
                if (!string()) {
                    return;
                }
            } else if (c == '{' || c == '[') {
                if (stack_.size() == depth_max) {
                    rest_from(at_);
                    return;
                }
                open(c == '{');
                ++at_;
            } else if (c == '}' || c == ']') {
                if (!stack_.empty()) {
                    stack_.pop_back();
                }
                ++at_;
            } else {
                if (c == ',' && !stack_.empty()) {
                    stack_.back().key_expected = stack_.back().object;
                } else if (c == ':' && !stack_.empty()) {
                    stack_.back().key_expected = false;
                }
                ++at_;
            }
        }
    }

private:
    struct Level {
        bool object = false;
        bool key_expected = false;
        std::string name;  // of the field that this object or array is the value of
        std::string key;   // last key read
        std::uint32_t alert = 0;
        std::uint32_t holder = 0;
    };

    std::string value_name() const {
        if (stack_.empty()) {
            return {};
        }
        const Level& top = stack_.back();
        return top.object ? top.key : top.name;
    }

    void open(bool object) {
        Level level;
        level.object = object;
        level.key_expected = object;
        level.name = value_name();
        level.alert = stack_.empty() ? 0 : stack_.back().alert;
        const bool in_list = !stack_.empty() && !stack_.back().object;
        if (object && level.alert == 0 && (level.name == "alert" || (level.name == "alerts" && in_list))) {
            level.alert = ++alerts_;
        }
        level.holder = ++holders_;
        stack_.push_back(std::move(level));
    }

    /// With `at_` on the opening quote. False when it does not end.
    bool string() {
        const std::size_t begin = at_ + 1;
        std::size_t end = begin;
        bool escaped = false;
        while (end < payload_.size() && payload_[end] != '"') {
            escaped = escaped || payload_[end] == '\\';
            end += payload_[end] == '\\' ? 2U : 1U;
        }
        if (end >= payload_.size()) {
            rest_from(begin);
            return false;
        }
        at_ = end + 1;
        if (!stack_.empty() && stack_.back().key_expected) {
            stack_.back().key = folded_name(payload_.substr(begin, end - begin));
            return true;
        }
        Leaf leaf;
        const std::string name = value_name();
        const std::string_view around = around_name();
        const bool wrapped = is_wrapper(name) && !around.empty() && around != "malware" && stack_.size() > 1;
        leaf.name = wrapped ? around : std::string_view(name);
        leaf.within = wrapped ? outer_name() : around;
        leaf.alert = stack_.empty() ? 0 : stack_.back().alert;
        leaf.holder = stack_.empty() ? 0 : stack_[stack_.size() - (wrapped ? 2U : 1U)].holder;
        if (!escaped) {
            tell(leaf, begin, end);
            return true;
        }
        decode(begin, end);
        tell_decoded(leaf, begin, end);
        return true;
    }

    /// Of the innermost object, past the arrays in between.
    std::string_view around_name() const {
        for (auto level = stack_.rbegin(); level != stack_.rend(); ++level) {
            if (level->object) {
                return level->name;
            }
        }
        return {};
    }

    std::string_view outer_name() const {
        bool inner_seen = false;
        for (auto level = stack_.rbegin(); level != stack_.rend(); ++level) {
            if (level->object) {
                if (inner_seen) {
                    return level->name;
                }
                inner_seen = true;
            }
        }
        return {};
    }

    void decode(std::size_t begin, std::size_t end) {
        decoded_.clear();
        for (std::size_t i = begin; i < end;) {
            if (payload_[i] != '\\' || i + 1 >= end) {
                decoded_.plain(payload_[i], i);
                ++i;
                continue;
            }
            const char kind = payload_[i + 1];
            const auto code = kind == 'u' && i + 6 <= end ? number(payload_.substr(i + 2, 4), 16) : std::nullopt;
            if (code) {
                i = unicode(*code, i, end);
                continue;
            }
            constexpr std::string_view short_ones = "bfnrt";
            constexpr std::string_view meant = "\b\f\n\r\t";
            const std::size_t known = short_ones.find(kind);
            decoded_.plain(known == std::string_view::npos ? kind : meant[known], i);
            i += 2;
        }
        decoded_.end(end);
    }

    std::size_t unicode(std::uint32_t code, std::size_t i, std::size_t end) {
        const bool high = code >= 0xd800 && code < 0xdc00;
        if (high && i + 12 <= end && payload_.substr(i + 6, 2) == "\\u") {
            const auto low = number(payload_.substr(i + 8, 4), 16);
            if (low && *low >= 0xdc00 && *low < 0xe000) {
                decoded_.code(0x10000 + ((code - 0xd800) << 10U) + (*low - 0xdc00), i);
                return i + 12;
            }
        }
        decoded_.code(code, i);
        return i + 6;
    }

    std::size_t at_ = 0;
    std::vector<Level> stack_;
    std::uint32_t alerts_ = 0;
    std::uint32_t holders_ = 0;
};

// ---- XML

class XmlWalk : Walk {
public:
    using Walk::Walk;

    void run() {
        while (at_ < payload_.size()) {
            if (payload_[at_] != '<') {
                const std::size_t end = std::min(payload_.find('<', at_), payload_.size());
                text(at_, end, true);
                at_ = end;
            } else if (payload_.substr(at_, 9) == "<![CDATA[") {
                section(9, "]]>", true);
            } else if (payload_.substr(at_, 4) == "<!--") {
                section(4, "-->", true);
            } else if (payload_.substr(at_, 2) == "<?") {
                section(2, "?>", false);
            } else if (payload_.substr(at_, 2) == "<!") {
                section(2, ">", true);
            } else if (payload_.substr(at_, 2) == "</") {
                const std::size_t end = payload_.find('>', at_);
                if (!stack_.empty()) {
                    stack_.pop_back();
                }
                at_ = end == std::string_view::npos ? payload_.size() : end + 1;
            } else if (!start_tag()) {
                return;
            }
        }
    }

private:
    struct Level {
        std::string name;
        std::uint32_t alert = 0;
        std::uint32_t holder = 0;
    };

    Leaf here() const {
        Leaf leaf;
        if (stack_.empty()) {
            return leaf;
        }
        const Level& top = stack_.back();
        const std::size_t depth = stack_.size();
        leaf.name = top.name;
        leaf.within = depth > 1 ? std::string_view(stack_[depth - 2].name) : std::string_view();
        leaf.alert = top.alert;
        leaf.holder = depth > 1 ? stack_[depth - 2].holder : 0;
        if (is_wrapper(leaf.name) && !leaf.within.empty() && leaf.within != "malware") {
            leaf.name = leaf.within;
            leaf.within = depth > 2 ? std::string_view(stack_[depth - 3].name) : std::string_view();
            leaf.holder = depth > 2 ? stack_[depth - 3].holder : 0;
        }
        return leaf;
    }

    void section(std::size_t opening, std::string_view closing, bool is_text) {
        const std::size_t begin = at_ + opening;
        const std::size_t found = payload_.find(closing, begin);
        const std::size_t end = std::min(found, payload_.size());
        if (is_text && begin < end) {
            text(begin, end, false);
        }
        at_ = found == std::string_view::npos ? payload_.size() : found + closing.size();
    }

    void text(std::size_t begin, std::size_t end, bool entities) {
        if (begin >= payload_.size() || std::all_of(payload_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                    payload_.begin() + static_cast<std::ptrdiff_t>(end), is_blank)) {
            return;
        }
        tell_text(here(), begin, end, entities);
    }

    void tell_text(const Leaf& leaf, std::size_t begin, std::size_t end, bool entities) {
        if (!entities || payload_.substr(begin, end - begin).find('&') == std::string_view::npos) {
            tell(leaf, begin, end);
            return;
        }
        decode(begin, end);
        tell_decoded(leaf, begin, end);
    }

    /// With `at_` on '<'. False when the tag does not end.
    bool start_tag() {
        std::size_t i = at_ + 1;
        const std::size_t name_end = std::min(payload_.find_first_of(" \t\r\n/>", i), payload_.size());
        if (stack_.size() == depth_max) {
            rest_from(at_);
            return false;
        }
        Level level;
        level.name = folded_name(payload_.substr(i, name_end - i));
        level.alert = stack_.empty() ? 0 : stack_.back().alert;
        if (level.alert == 0 && level.name == "alert") {
            level.alert = ++alerts_;
        }
        level.holder = ++holders_;
        stack_.push_back(std::move(level));
        i = name_end;
        while (i < payload_.size() && payload_[i] != '>') {
            if (payload_[i] == '/' && i + 1 < payload_.size() && payload_[i + 1] == '>') {
                stack_.pop_back();
                at_ = i + 2;
                return true;
            }
            if (is_blank(payload_[i]) || payload_[i] == '/') {
                ++i;
                continue;
            }
            i = attribute(i);
        }
        at_ = std::min(i + 1, payload_.size());
        return true;
    }

    std::size_t attribute(std::size_t i) {
        const std::size_t equals = payload_.find_first_of("=>", i);
        if (equals == std::string_view::npos || payload_[equals] == '>') {
            return std::min(equals, payload_.size());
        }
        std::string_view key = payload_.substr(i, equals - i);
        while (!key.empty() && is_blank(key.back())) {
            key.remove_suffix(1);
        }
        const std::size_t quote = payload_.find_first_not_of(" \t\r\n", equals + 1);
        if (quote == std::string_view::npos || (payload_[quote] != '"' && payload_[quote] != '\'')) {
            return std::max(equals + 1, std::min(quote, payload_.size()));
        }
        const std::size_t found = payload_.find(payload_[quote], quote + 1);
        const std::size_t end = std::min(found, payload_.size());
        const bool declares = key.starts_with("xmlns") || key.find("schemaLocation") != std::string_view::npos;
        if (!declares && end > quote + 1) {
            const std::string name = folded_name(key);
            Leaf leaf;
            leaf.name = name;
            leaf.within = stack_.back().name;
            leaf.alert = stack_.back().alert;
            leaf.holder = stack_.back().holder;
            tell_text(leaf, quote + 1, end, true);
        }
        return found == std::string_view::npos ? payload_.size() : found + 1;
    }

    void decode(std::size_t begin, std::size_t end) {
        decoded_.clear();
        for (std::size_t i = begin; i < end;) {
            const std::size_t semicolon = payload_[i] == '&' ? payload_.find(';', i) : std::string_view::npos;
            if (semicolon < end && semicolon - i <= 10) {
                if (const auto code = entity(payload_.substr(i + 1, semicolon - i - 1))) {
                    decoded_.code(*code, i);
                    i = semicolon + 1;
                    continue;
                }
            }
            decoded_.plain(payload_[i], i);
            ++i;
        }
        decoded_.end(end);
    }

    static std::optional<std::uint32_t> entity(std::string_view name) {
        constexpr std::array<std::pair<std::string_view, char>, 5> known{
            {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
        for (const auto& [text, meant] : known) {
            if (name == text) {
                return static_cast<std::uint32_t>(meant);
            }
        }
        if (name.starts_with("#x") || name.starts_with("#X")) {
            return bounded(number(name.substr(2), 16));
        }
        return name.starts_with('#') ? bounded(number(name.substr(1), 10)) : std::nullopt;
    }

    static std::optional<std::uint32_t> bounded(std::optional<std::uint32_t> code) {
        return code && *code <= 0x10ffff ? code : std::nullopt;
    }

    std::size_t at_ = 0;
    std::vector<Level> stack_;
    std::uint32_t alerts_ = 0;
    std::uint32_t holders_ = 0;
};

// ---- text

/// "  key: value" a line; "src:" alone opens what is indented below it, "alert (id:7, name:x):" an alert.
class TextWalk : Walk {
public:
    using Walk::Walk;

    void run() {
        std::string within;
        std::uint32_t alert = 0;
        std::uint32_t holder = 0;
        for (std::size_t at = 0; at < payload_.size();) {
            const std::size_t end = std::min(payload_.find('\n', at), payload_.size());
            const std::string_view line = payload_.substr(at, end - at);
            const std::size_t colon = line.find(':');
            Leaf leaf;
            std::string name;
            std::size_t begin = at;
            if (colon != std::string_view::npos && line.find('(') > colon) {
                name = folded_name(line.substr(0, colon));
                begin = std::min(line.find_first_not_of(" \t", colon + 1), line.size()) + at;
                if (std::all_of(line.begin() + static_cast<std::ptrdiff_t>(colon) + 1, line.end(), is_blank)) {
                    within = name;
                    ++holder;
                }
            } else if (line.substr(std::min(line.find_first_not_of(" \t"), line.size())).starts_with("alert")) {
                ++alert;
                within = "alert";
                ++holder;
            }
            leaf.name = name;
            leaf.within = within;
            leaf.alert = alert;
            leaf.holder = holder;
            std::size_t stop = end;
            while (stop > begin && is_blank(payload_[stop - 1])) {
                --stop;
            }
            if (begin < stop) {
                tell(leaf, begin, stop);
            }
            at = end + 1;
        }
    }
};

}  // namespace

Syntax syntax_of(std::string_view payload) {
    if (payload.starts_with("\xEF\xBB\xBF")) {
        payload.remove_prefix(3);
    }
    const std::size_t first = payload.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return Syntax::text;
    }
    return payload[first] == '<'                            ? Syntax::xml
           : payload[first] == '{' || payload[first] == '[' ? Syntax::json
                                                            : Syntax::text;
}

std::string folded_name(std::string_view key) {
    if (const std::size_t last = key.find_last_of("/:"); last != std::string_view::npos) {
        key.remove_prefix(last + 1);
    }
    std::string folded;
    for (const char c : key) {
        if (c != '-' && c != '_' && c != '@' && !is_blank(c)) {
            folded += lower(c);
        }
    }
    return folded;
}

void for_each_leaf(std::string_view payload, const std::function<void(const Leaf&)>& visit) {
    switch (syntax_of(payload)) {
        case Syntax::xml:
            XmlWalk(payload, visit).run();
            return;
        case Syntax::json:
            JsonWalk(payload, visit).run();
            return;
        case Syntax::text:
            TextWalk(payload, visit).run();
            return;
    }
}

}  // namespace bridge::reproduction
