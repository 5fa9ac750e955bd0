// The parameters behind a request's path: "/blocks?state=held&target=hq".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bridge::operate {

/// "%41b" as "Ab"; a percent sign without two hexadecimal digits stays as it is.
std::string percent_decoded(std::string_view text);

/// Letters, digits and "-_.~" stay; everything else becomes %XX, so that it can stand in a parameter.
std::string percent_encoded(std::string_view text);

class Query {
public:
    /// Of a request's target; what stands before '?' is the path. The first of two parameters of a name counts.
    static Query of(std::string_view target);

    const std::string& path() const noexcept { return path_; }
    /// nullopt when it is not there.
    std::optional<std::string> find(const std::string& name) const;
    /// Empty when it is not there.
    std::string text(const std::string& name) const { return find(name).value_or(std::string()); }
    /// "true", "1" or nothing behind the name.
    bool flag(const std::string& name) const;

private:
    std::string path_;
    std::map<std::string, std::string> parameters_;
};

}  // namespace bridge::operate
