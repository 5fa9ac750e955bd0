// A bridge.yaml in which every key stands, one a line, with the files that it names. It is valid: whatever a test
// changes in it is the one mistake there is.
#pragma once

#include <string>
#include <vector>

#include "bridge/operate/config/config.hpp"
#include "temporary_folder.hpp"
#include "yaml/document.hpp"

namespace test {

/// A key of the configuration where it stands.
struct KeyPlace {
    std::string path;      // as messages write it: targets.edl.refresh[0].url
    yaml::Mark mark;       // of the key
    yaml::Node value;      // as it is
    bool is_name = false;  // not a key but a name that the operator gives: of a target, a user, a token, an appliance
};

class WholeConfig {
public:
    WholeConfig();

    const std::string& text() const noexcept { return text_; }
    const std::string& file() const noexcept { return file_; }
    const TemporaryFolder& folder() const noexcept { return folder_; }
    /// Every key, in the order of the lines.
    const std::vector<KeyPlace>& places() const noexcept { return places_; }
    /// Fails the test when there is no such key.
    const KeyPlace& place(const std::string& path) const;

    /// The text with another value (YAML, in one line) for a key, with a line behind it at the same depth, or without
    /// it.
    std::string with(const KeyPlace& place, const std::string& value) const;
    std::string with_line_behind(const KeyPlace& place, const std::string& line) const;
    std::string without(const KeyPlace& place) const;

    tl::expected<bridge::operate::Config, std::string> read(
        const std::string& text, bridge::operate::ConfigUse use = bridge::operate::ConfigUse::run) const {
        return bridge::operate::read_config(text, file_, use);
    }

private:
    std::string spliced(const KeyPlace& place, bool keep, const std::string& line) const;

    TemporaryFolder folder_;
    std::string file_;
    std::string text_;
    std::vector<KeyPlace> places_;
};

/// The path with what an operator names replaced: "targets.edl.refresh[0].url" is "targets.NAME.refresh.url".
std::string key_of(const std::string& path);

}  // namespace test
