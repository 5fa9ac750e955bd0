#include "sim/lab/story/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>

#include "sim/lab/story/expand.hpp"

namespace sim::lab {

namespace {

std::optional<std::int64_t> whole_number(const yaml::Node& node) {
    if (!node.is_scalar()) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    const char* end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, value);
    if (error != std::errc{} || stop != end || value < 0) {
        return std::nullopt;
    }
    return value;
}

std::optional<bool> truth(const yaml::Node& node) {
    if (node.is_scalar() && (node.text == "true" || node.text == "yes")) {
        return true;
    }
    if (node.is_scalar() && (node.text == "false" || node.text == "no")) {
        return false;
    }
    return std::nullopt;
}

std::string shown(const yaml::Node& node) {
    switch (node.kind) {
        case yaml::Kind::null:
            return "nothing";
        case yaml::Kind::scalar:
            return fmt::format("'{}'", node.text.substr(0, 80));
        case yaml::Kind::list:
            return "a list";
        case yaml::Kind::map:
            return "a map";
    }
    return "nothing";
}

bool is_word(const yaml::Node& node, const std::vector<std::string>& words) {
    return node.is_scalar() && std::find(words.begin(), words.end(), node.text) != words.end();
}

/// Looks at one value; says what is wrong with it.
class FormCheck {
public:
    explicit FormCheck(yaml::Problems& problems) : problems_(problems) {}

    void map(const yaml::Node& node, const Section& section, const std::string& path) {
        if (!node.is_map()) {
            if (node.kind == yaml::Kind::null && missing_required(section).empty()) {
                return;  // "hq:" with nothing behind it takes every default
            }
            say(node.mark, path, fmt::format("must be a map of keys and values, not {}", shown(node)));
            return;
        }
        for (const yaml::Entry& entry : node.entries) {
            const Key* key = section.find(entry.key);
            const std::string inner = join(path, entry.key);
            if (key == nullptr) {
                say(entry.mark, inner, fmt::format("unknown key{}", yaml::did_you_mean(entry.key, section.names())));
                continue;
            }
            value(entry.value, *key, inner);
        }
        for (const std::string& name : missing_required(section)) {
            if (node.find(name) == nullptr) {
                say(node.mark, join(path, name), "is missing");
            }
        }
        if (section.exactly_one && node.entries.size() != 1) {
            say(node.mark, path, fmt::format("a step has one key, this has {}", node.entries.size()));
        }
    }

private:
    static std::string join(const std::string& path, std::string_view key) {
        return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
    }

    static std::vector<std::string> missing_required(const Section& section) {
        std::vector<std::string> names;
        for (const Key& key : section.keys) {
            if (key.required) {
                names.emplace_back(key.name);
            }
        }
        return names;
    }

    void say(yaml::Mark mark, std::string_view path, std::string_view what) { problems_.add(mark, path, what); }

    void must(bool right, const yaml::Node& node, std::string_view path, std::string_view form) {
        if (!right) {
            say(node.mark, path, fmt::format("{} is no {}", shown(node), form));
        }
    }

    void one_of(const yaml::Node& node, const Key& key, const std::string& path) {
        if (!is_word(node, key.words)) {
            say(node.mark, path,
                fmt::format("{} is none of {}{}", shown(node), fmt::join(key.words, ", "),
                            node.is_scalar() && yaml::nearest(node.text, key.words)
                                ? yaml::did_you_mean(node.text, key.words)
                                : ""));
        }
    }

    void texts(const yaml::Node& node, const Key& key, const std::string& path) {
        if (node.is_scalar()) {
            braces(node, key, path);
            return;
        }
        if (!node.is_list()) {
            say(node.mark, path, fmt::format("must be a text or a list of texts, not {}", shown(node)));
            return;
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const std::string inner = fmt::format("{}[{}]", path, i);
            if (!node.items[i].is_scalar()) {
                say(node.items[i].mark, inner, fmt::format("must be a text, not {}", shown(node.items[i])));
            } else {
                braces(node.items[i], key, inner);
            }
        }
    }

    void braces(const yaml::Node& node, const Key& key, const std::string& path) {
        if (key.shape == Shape::expanding) {
            if (const auto all = expand(node.text); !all) {
                say(node.mark, path, all.error());
            }
        }
    }

    void children(const yaml::Node& node, const Key& key, const std::string& path) {
        if (!node.is_map()) {
            say(node.mark, path, fmt::format("must be a map of names, not {}", shown(node)));
            return;
        }
        for (const yaml::Entry& entry : node.entries) {
            map(entry.value, *key.section, join(path, entry.key));
        }
    }

    void list(const yaml::Node& node, const Key& key, const std::string& path) {
        if (!node.is_list()) {
            say(node.mark, path, fmt::format("must be a list, not {}", shown(node)));
            return;
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            map(node.items[i], *key.section, fmt::format("{}[{}]", path, i));
        }
    }

    void ranges(const yaml::Node& node, const std::string& path) {
        if (!node.is_map()) {
            say(node.mark, path, fmt::format("must be a map of names to numbers, not {}", shown(node)));
            return;
        }
        for (const yaml::Entry& entry : node.entries) {
            must(read_range(entry.value).has_value(), entry.value, join(path, entry.key), range_form);
        }
    }

    void pairs(const yaml::Node& node, const std::string& path) {
        if (!node.is_map()) {
            say(node.mark, path, fmt::format("must be a map of texts to texts, not {}", shown(node)));
            return;
        }
        for (const yaml::Entry& entry : node.entries) {
            must(entry.value.is_scalar(), entry.value, join(path, entry.key), "single text");
        }
    }

    void facts(const yaml::Node& node, const std::string& path) {
        if (!node.is_map()) {
            say(node.mark, path, fmt::format("must be a map of facts, not {}", shown(node)));
            return;
        }
        for (const yaml::Entry& entry : node.entries) {
            const std::string inner = join(path, entry.key);
            if (entry.value.is_map() && !read_range(entry.value) && entry.value.find("contains") == nullptr) {
                facts(entry.value, inner);
            } else {
                must(entry.value.is_scalar() || entry.value.is_map(), entry.value, inner, "value to compare with");
            }
        }
    }

    void value(const yaml::Node& node, const Key& key, const std::string& path) {
        const bool scalar = node.is_scalar();
        switch (key.shape) {
            case Shape::text:
                must(scalar, node, path, "single text");
                break;
            case Shape::texts:
            case Shape::expanding:
                texts(node, key, path);
                break;
            case Shape::flag:
                must(truth(node).has_value(), node, path, "true or false");
                break;
            case Shape::count:
                must(whole_number(node).has_value(), node, path, "whole number");
                break;
            case Shape::range:
                must(read_range(node).has_value(), node, path, range_form);
                break;
            case Shape::duration:
                must(scalar && yaml::parse_duration(node.text), node, path,
                     "duration; write it as 250ms, 30s, 5m, 2h or 7d");
                break;
            case Shape::size:
                must(scalar && yaml::parse_bytes(node.text), node, path, "size; write it as 16KiB, 16MiB or 1GiB");
                break;
            case Shape::rate:
                must(scalar && yaml::parse_rate(node.text), node, path, "rate; write it as 500/s, 30/m or 10/h");
                break;
            case Shape::word:
                one_of(node, key, path);
                break;
            case Shape::section:
                map(node, *key.section, path);
                break;
            case Shape::named:
                children(node, key, path);
                break;
            case Shape::named_or_list:
                node.is_map() ? children(node, key, path) : texts(node, key, path);
                break;
            case Shape::list:
                list(node, key, path);
                break;
            case Shape::ranges:
                ranges(node, path);
                break;
            case Shape::facts:
                facts(node, path);
                break;
            case Shape::pairs:
                pairs(node, path);
                break;
            case Shape::switch_of:
                node.is_map() ? map(node, *key.section, path) : one_of(node, key, path);
                break;
            case Shape::answer: {
                const auto status = whole_number(node);
                must(is_word(node, key.words) || (status && *status >= 100 && *status <= 599), node, path,
                     fmt::format("HTTP status and none of {}", fmt::join(key.words, ", ")));
                break;
            }
        }
    }

    static constexpr std::string_view range_form = "number; write it as 2, or {min: 1, max: 3}";

    yaml::Problems& problems_;
};

}  // namespace

std::optional<Range> read_range(const yaml::Node& node) {
    if (const auto exact = whole_number(node)) {
        return Range{*exact, *exact};
    }
    if (!node.is_map() || node.entries.empty()) {
        return std::nullopt;
    }
    Range range;
    for (const yaml::Entry& entry : node.entries) {
        const auto bound = whole_number(entry.value);
        if (!bound || (entry.key != "min" && entry.key != "max")) {
            return std::nullopt;
        }
        (entry.key == "min" ? range.min : range.max) = *bound;
    }
    return range.min <= range.max ? std::optional{range} : std::nullopt;
}

void check_form(const yaml::Node& node, const Section& section, const std::string& path, yaml::Problems& problems) {
    FormCheck{problems}.map(node, section, path);
}

Fields::Fields(const yaml::Node& node, const Section& section, std::string path, yaml::Problems& problems)
    : node_(&node), section_(&section), path_(std::move(path)), problems_(&problems) {}

const Key& Fields::key(std::string_view name) const {
    const Key* found = section_->find(name);
    assert(found != nullptr && "the table of keys lacks what the reader asks for");
    return *found;
}

const yaml::Node* Fields::find(std::string_view name) const {
    static_cast<void>(key(name));
    return node_->find(name);
}

std::optional<std::string> Fields::text(std::string_view name) const {
    const yaml::Node* found = find(name);
    return found != nullptr && found->is_scalar() ? std::optional{found->text} : std::nullopt;
}

std::vector<std::string> Fields::texts(std::string_view name) const {
    const yaml::Node* found = find(name);
    std::vector<std::string> all;
    if (found == nullptr) {
        return all;
    }
    const bool expands = key(name).shape == Shape::expanding;
    const auto take = [&](const yaml::Node& node) {
        if (!node.is_scalar()) {
            return;
        }
        if (!expands) {
            all.push_back(node.text);
        } else if (const auto more = expand(node.text)) {
            all.insert(all.end(), more->begin(), more->end());
        }
    };
    take(*found);
    std::for_each(found->items.begin(), found->items.end(), take);
    return all;
}

std::optional<bool> Fields::flag(std::string_view name) const {
    const yaml::Node* found = find(name);
    return found == nullptr ? std::nullopt : truth(*found);
}

std::optional<std::size_t> Fields::count(std::string_view name) const {
    const yaml::Node* found = find(name);
    const auto value = found == nullptr ? std::nullopt : whole_number(*found);
    return value ? std::optional{static_cast<std::size_t>(*value)} : std::nullopt;
}

std::optional<Range> Fields::range(std::string_view name) const {
    const yaml::Node* found = find(name);
    return found == nullptr ? std::nullopt : read_range(*found);
}

std::map<std::string, Range> Fields::ranges(std::string_view name) const {
    const yaml::Node* found = find(name);
    std::map<std::string, Range> all;
    if (found != nullptr) {
        for (const yaml::Entry& entry : found->entries) {
            if (const auto range = read_range(entry.value)) {
                all.emplace(entry.key, *range);
            }
        }
    }
    return all;
}

std::optional<Millis> Fields::duration(std::string_view name) const {
    const auto value = text(name);
    return value ? yaml::parse_duration(*value) : std::nullopt;
}

std::optional<std::size_t> Fields::size(std::string_view name) const {
    const auto value = text(name);
    return value ? yaml::parse_bytes(*value) : std::nullopt;
}

std::optional<double> Fields::rate(std::string_view name) const {
    const auto value = text(name);
    return value ? yaml::parse_rate(*value) : std::nullopt;
}

std::optional<Fields> Fields::section(std::string_view name) const {
    const yaml::Node* found = find(name);
    if (found == nullptr || !found->is_map()) {
        return std::nullopt;
    }
    return Fields(*found, *key(name).section, path_of(name), *problems_);
}

std::string Fields::path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

void Fields::complain(std::string_view message) const {
    problems_->add(node_->mark, path_, message);
}

void Fields::complain(std::string_view name, std::string_view message) const {
    const yaml::Node* found = node_->find(name);
    complain(found == nullptr ? *node_ : *found, name, message);
}

void Fields::complain(const yaml::Node& at, std::string_view name, std::string_view message) const {
    problems_->add(at.mark, path_of(name), message);
}

}  // namespace sim::lab
