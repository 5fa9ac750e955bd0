// An API call's parameters, as the web server of the device reads them: from the query and from the form, unescaped
// or not, in any order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.hpp"
#include "sim/panos/web/multipart.hpp"

namespace sim::panos {

using ApiCall = net::HttpRequest;
using ApiAnswer = net::HttpResponse;

class Parameters {
public:
    /// Query first, then the form, urlencoded or multipart; a parameter that is given twice has its first value.
    static Parameters read(const ApiCall& call);
    /// As if they had been sent.
    static Parameters of(std::vector<std::pair<std::string, std::string>> all);

    /// The value, or nothing when the parameter is missing.
    const std::string* find(std::string_view name) const;
    std::string_view value(std::string_view name) const;
    /// The part of that name of a multipart body ("file"), or nothing.
    const MultipartPart* part(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> all_;
    std::vector<MultipartPart> parts_;

    void add(std::string_view text);
};

/// The path of a request line's target: "/api/".
std::string_view path_of(std::string_view target);
/// "%41+b" as "A b"; a percent sign without two hexadecimal digits stays as it is.
std::string unescaped(std::string_view text);

}  // namespace sim::panos
