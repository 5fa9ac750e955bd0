// The language's reference page and its JSON Schema, both out of the table of keys.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

#include "sim/lab/story/keys.hpp"

namespace sim::lab {

namespace {

namespace json = boost::json;

std::string_view form_of(Shape shape) {
    switch (shape) {
        case Shape::text:
            return "text";
        case Shape::texts:
            return "text or list of texts";
        case Shape::expanding:
            return "text or list of texts; `{1..200}` and `{a,b}` expand";
        case Shape::flag:
            return "true or false";
        case Shape::count:
            return "whole number";
        case Shape::range:
            return "number, or `{min, max}`";
        case Shape::duration:
            return "duration";
        case Shape::size:
            return "size";
        case Shape::rate:
            return "rate";
        case Shape::word:
            return "word";
        case Shape::section:
            return "map";
        case Shape::named:
            return "map of names";
        case Shape::named_or_list:
            return "list of names, or map of names";
        case Shape::list:
            return "list";
        case Shape::ranges:
            return "map of names to numbers or `{min, max}`";
        case Shape::facts:
            return "map of expected values; `{min, max}` and `{contains: text}` too";
        case Shape::pairs:
            return "map of texts to texts";
        case Shape::switch_of:
            return "word or map";
        case Shape::answer:
            return "HTTP status or word";
    }
    return "";
}

/// A table cell cannot hold a bare pipe.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    }
    return out;
}

json::object scalar_schema(std::string_view pattern = {}) {
    json::object schema{{"type", json::array{"string", "number", "boolean"}}};
    if (!pattern.empty()) {
        schema["pattern"] = pattern;
    }
    return schema;
}

json::object whole_number_schema() {
    return {{"type", "integer"}, {"minimum", 0}};
}

json::object range_schema() {
    json::object bounds{{"min", whole_number_schema()}, {"max", whole_number_schema()}};
    json::object map{{"type", "object"}, {"properties", std::move(bounds)}, {"additionalProperties", false}};
    return {{"anyOf", json::array{whole_number_schema(), std::move(map)}}};
}

json::object texts_schema() {
    json::object list{{"type", "array"}, {"items", scalar_schema()}};
    return {{"anyOf", json::array{scalar_schema(), std::move(list)}}};
}

json::array words_of(const Key& key) {
    json::array words;
    for (const std::string& word : key.words) {
        words.emplace_back(word);
    }
    return words;
}

json::object section_schema(const Section& section);

json::object map_of(json::object values) {
    return {{"type", "object"}, {"additionalProperties", std::move(values)}};
}

json::object either(json::object one, json::object other) {
    return {{"anyOf", json::array{std::move(one), std::move(other)}}};
}

json::object nullable(json::object schema) {
    return either(std::move(schema), json::object{{"type", "null"}});
}

json::object value_schema(const Key& key) {
    switch (key.shape) {
        case Shape::text:
            return scalar_schema();
        case Shape::texts:
        case Shape::expanding:
            return texts_schema();
        case Shape::flag:
            return {{"type", "boolean"}};
        case Shape::count:
            return whole_number_schema();
        case Shape::range:
            return range_schema();
        case Shape::duration:
            return scalar_schema("^(0|[0-9.]+(ms|s|m|h|d))$");
        case Shape::size:
            return scalar_schema("^[0-9.]+(B|KiB|MiB|GiB)?$");
        case Shape::rate:
            return scalar_schema("^[0-9.]+/(s|m|h)$");
        case Shape::word:
            return {{"enum", words_of(key)}};
        case Shape::section:
            return section_schema(*key.section);
        case Shape::named:
            return map_of(nullable(section_schema(*key.section)));
        case Shape::named_or_list:
            return either(map_of(nullable(section_schema(*key.section))), texts_schema());
        case Shape::list:
            return {{"type", "array"}, {"items", section_schema(*key.section)}};
        case Shape::ranges:
            return map_of(range_schema());
        case Shape::facts:
            return {{"type", "object"}};
        case Shape::pairs:
            return map_of(scalar_schema());
        case Shape::switch_of:
            return either({{"enum", words_of(key)}}, section_schema(*key.section));
        case Shape::answer:
            return either(whole_number_schema(), {{"enum", words_of(key)}});
    }
    return {};
}

json::object section_schema(const Section& section) {
    json::object properties;
    json::array required;
    for (const Key& key : section.keys) {
        json::object value = value_schema(key);
        value["description"] = key.help;
        properties[key.name] = std::move(value);
        if (key.required) {
            required.emplace_back(key.name);
        }
    }
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) {
        schema["required"] = std::move(required);
    }
    if (section.exactly_one) {
        schema["minProperties"] = 1;
        schema["maxProperties"] = 1;
    }
    return schema;
}

void indent(const json::value& value, std::size_t depth, std::string& out) {
    const std::string margin((depth + 1) * 2, ' ');
    const std::string end(depth * 2, ' ');
    if (value.is_object() && !value.get_object().empty()) {
        const char* before = "{\n";
        for (const auto& member : value.get_object()) {
            out += before + margin + json::serialize(json::value(member.key())) + ": ";
            indent(member.value(), depth + 1, out);
            before = ",\n";
        }
        out += "\n" + end + "}";
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string language_reference() {
    std::string page =
        "# The scenario language\n\n"
        "Generated from the table in `sim/lab/story/keys.cpp`; `UPDATE_GOLDEN=1` on the unit tests of `sim/lab` "
        "rewrites "
        "it.\n\n"
        "A scenario is a YAML file. Unknown keys are errors that name the nearest right one. Durations are written as "
        "`250ms`, `30s`, `5m`, `2h`, `7d`; sizes as `16KiB`, `16MiB`; rates as `500/s`, `30/m`.\n";
    for (const Section* section : all_sections()) {
        fmt::format_to(std::back_inserter(page),
                       "\n## {}\n\n{}\n\n| key | form | what it says | example |\n|---|---|---|---|\n", section->title,
                       section->help);
        for (const Key& key : section->keys) {
            std::string form(form_of(key.shape));
            if (!key.words.empty()) {
                form =
                    fmt::format("{}{}", key.shape == Shape::answer ? "HTTP status, " : "", fmt::join(key.words, ", "));
                form += key.shape == Shape::switch_of ? ", or map" : "";
            }
            const std::string example = key.example.empty() ? "" : fmt::format("`{}`", key.example);
            fmt::format_to(std::back_inserter(page), "| `{}`{} | {} | {} | {} |\n", key.name,
                           key.required ? " (required)" : "", cell(form), cell(key.help), cell(example));
        }
    }
    return page;
}

std::string editor_schema() {
    json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                        {"title", "firebreak scenario"},
                        {"description", scenario_keys().help}};
    for (auto& member : section_schema(scenario_keys())) {
        schema[member.key()] = std::move(member.value());
    }
    std::string out;
    indent(schema, 0, out);
    return out + "\n";
}

}  // namespace sim::lab
