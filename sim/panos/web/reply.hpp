// The bodies of answers. The web server of the device and its management server write two dialects: the former with
// blanks around the equals sign and single quotes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/configuration/edit.hpp"

namespace sim::panos {

struct Reply {
    unsigned http_status = 200;
    std::string body;
    std::string content_type = "application/xml; charset=UTF-8";
    std::string status;  // of the <response>, for the record
    std::string code;
    std::string file_name{};  // of a file that is sent: Content-Disposition
    std::string location{};   // of a redirect
};

/// <response status = 'success'><result>CONTENT</result></response>
Reply web_success(std::string_view content);
/// HTTP status and code are the same number. `message` is plain text.
Reply web_error(unsigned code, std::string_view message);
/// 400, as the web server says it of the parameter of a call.
Reply missing_parameter(std::string_view parameter);
Reply illegal_value(std::string_view parameter, std::string_view value);
/// A page of the web server that is no XML: 404, 502, ...; 3xx lead to a host that does not exist.
Reply web_page(unsigned code);

/// <response status="success" code="CODE">CONTENT</response>; code 0 prints none.
Reply success(int code, std::string_view content);
/// <response status="success"><result>CONTENT</result></response>
Reply result(std::string_view content);
/// <response status="error" code="CODE"><msg><line>..</line></msg></response>; lines are escaped already.
Reply error(int code, const Lines& lines);
Reply error(const Refusal& refusal);
/// Lines for an element that no command has: from the innermost outwards. `path` leads to the unexpected one.
Lines unexpected_lines(const std::vector<std::string>& path);
/// The answer to a set, edit, delete, ...
Reply answer(const Outcome& outcome);

}  // namespace sim::panos
