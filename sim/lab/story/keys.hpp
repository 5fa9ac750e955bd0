// The keys of the scenario language, declared once. The reader, `check`, docs/scenarios.md and the editors' schema
// are all visitors of this table, so that none of them can know a key which another does not.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sim::lab {

/// The shape of a key's value.
enum class Shape {
    text,           // one scalar
    texts,          // a scalar, or a list of scalars
    expanding,      // as texts; {1..200} and {a,b} in them expand
    flag,           // true or false
    count,          // a whole number, not negative
    range,          // a whole number, or {min: N, max: N}
    duration,       // 250ms, 30s, 5m, 2h, 7d
    size,           // 512, 16KiB, 16MiB
    rate,           // 500/s, 30/m
    word,           // one of `words`
    section,        // a map with the keys of `section`
    named,          // a map of freely chosen names to `section`
    named_or_list,  // as named, or a list of names that take every default
    list,           // a list of `section`
    ranges,         // a map of freely chosen names to numbers or {min, max}
    facts,          // a nested map of freely chosen names to expected values
    pairs,          // a map of freely chosen texts to texts
    switch_of,      // one of `words`, or a map with the keys of `section`
    answer,         // an HTTP status, or one of `words`
};

struct Section;

struct Key {
    std::string_view name;
    Shape shape = Shape::text;
    std::string_view help;     // a sentence for docs and editors
    std::string_view example;  // as it is written in a file
    bool required = false;
    const Section* section = nullptr;
    std::vector<std::string> words = {};
};

struct Section {
    std::string_view title;  // "send", "expect": the heading in the docs
    std::string_view help;
    std::vector<Key> keys;
    bool exactly_one = false;  // a step: one key says what it does

    const Key* find(std::string_view name) const;
    std::vector<std::string> names() const;
};

/// The whole file.
const Section& scenario_keys();

/// Every section once, in the order in which the docs tell them.
std::vector<const Section*> all_sections();

/// docs/scenarios.md
std::string language_reference();

/// schemas/scenario.schema.json
std::string editor_schema();

}  // namespace sim::lab
