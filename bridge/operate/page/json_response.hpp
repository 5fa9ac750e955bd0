// HTTP answers that are JSON, and the forms that several pages share.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "bridge/domain/block/block.hpp"
#include "bridge/domain/value/time.hpp"
#include "net/http.hpp"

namespace bridge::operate {

net::HttpResponse json_response(unsigned status, const boost::json::value& body);
/// The same of JSON that is text already, for pages of so many rows that a document of them would be many times as
/// large.
net::HttpResponse json_text_response(unsigned status, std::string body);
/// {"error": text}
net::HttpResponse error_response(unsigned status, std::string_view text);

/// "2026-06-01T12:00:00Z"
std::string time_text(domain::WallTime time);

boost::json::object block_json(const domain::Block& block);

}  // namespace bridge::operate
