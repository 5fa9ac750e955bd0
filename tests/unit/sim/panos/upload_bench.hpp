// Files to a firewall on the bench, as pan-python uploads them: parameters in the query, the file as a part.
#pragma once

#include <string>

#include "bench.hpp"

namespace sim::panos::test {

inline std::string imported(Bench& fw, const Fields& query, const std::string& content,
                            const std::string& name = "a.pem") {
    net::HttpRequest request;
    request.method = "POST";
    request.target = "/api/?type=import&" + form(query) + "&key=" + fw.device->api_key(fw.admin);
    request.headers = {{"Content-Type", "multipart/form-data; boundary=------b"}};
    request.body = "--------b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
                   "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--------b--\r\n";
    request.peer = "192.0.2.9";
    return fw.device->handle(request, fw.now).body;
}

}  // namespace sim::panos::test
