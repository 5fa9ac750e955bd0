// Reads the values of one map by the table of keys: what is misspelt, missing or of the wrong shape is reported with
// its place, and reads as absent, so that a reader can go on and find the file's other errors too.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/lab/story/keys.hpp"
#include "sim/lab/story/scenario.hpp"
#include "yaml/document.hpp"
#include "yaml/reader.hpp"

namespace sim::lab {

/// Reports everything in `node` that does not have the form which `section` describes, down to its last child.
void check_form(const yaml::Node& node, const Section& section, const std::string& path, yaml::Problems& problems);

/// Typed values of a map whose form was checked before; asking for a key that `section` lacks is a bug, and asserted.
class Fields {
public:
    /// All three outlive the reader.
    Fields(const yaml::Node& node, const Section& section, std::string path, yaml::Problems& problems);

    /// The value when it is there and has its form.
    const yaml::Node* find(std::string_view name) const;

    std::optional<std::string> text(std::string_view name) const;
    std::vector<std::string> texts(std::string_view name) const;  // braces expanded where the table says so
    std::optional<bool> flag(std::string_view name) const;
    std::optional<std::size_t> count(std::string_view name) const;
    std::optional<Range> range(std::string_view name) const;
    std::map<std::string, Range> ranges(std::string_view name) const;
    std::optional<Millis> duration(std::string_view name) const;
    std::optional<std::size_t> size(std::string_view name) const;
    std::optional<double> rate(std::string_view name) const;

    /// The fields of a child section; nullopt when it is absent or no map.
    std::optional<Fields> section(std::string_view name) const;

    /// About the whole map.
    void complain(std::string_view message) const;
    /// About a key, or about the map that lacks it.
    void complain(std::string_view name, std::string_view message) const;
    void complain(const yaml::Node& at, std::string_view name, std::string_view message) const;
    std::string path_of(std::string_view name) const;
    const yaml::Node& node() const noexcept { return *node_; }
    yaml::Problems& problems() const noexcept { return *problems_; }

private:
    const Key& key(std::string_view name) const;

    const yaml::Node* node_;
    const Section* section_;
    std::string path_;
    yaml::Problems* problems_;
};

/// "2" or {min, max}; nullopt when it is neither.
std::optional<Range> read_range(const yaml::Node& node);

}  // namespace sim::lab
