// Tells from a request line whether the request went to a proxy: then the addresses beside it are the proxy's.
#pragma once

#include <string_view>

namespace bridge::fireeye {

/// True when the first line of a `channel` or `http-header` is a CONNECT, or has an absolute URI
/// ("GET http://host/path HTTP/1.1"). Only the first line counts: what follows is the victim's or attacker's free text.
bool shows_proxy(std::string_view request);

}  // namespace bridge::fireeye
