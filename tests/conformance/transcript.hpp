// A transcript: what is asked of a mock firewall, in order, as a file that people read.
//
//   # the answers to reads, reference: XML API guide
//   @versions 8.1 10.1           default: every release that the mock knows
//   @model PA-220                default: PA-VM
//   @as bridge                   the administrator of the requests that follow (admin, bridge; passwords: made up)
//   @wait 20s                    time passes on the device
//   config get                   type=config, action=get; parameters follow, indented
//     xpath: /config/shared
//   op <show><clock></clock></show>
//   commit <commit></commit>
//   user-id <uid-message>...
//   keygen                       and any other type, with its parameters indented
//   GET /restapi/v10.1/...       any other request; `body: ...` is its body
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace conformance {

struct Request {
    std::string title;  // its first line
    std::string method = "POST";
    std::string target = "/api/";
    std::vector<std::pair<std::string, std::string>> parameters;  // in order, sent as a form
    std::string body;                                             // of requests that are no API call
    bool with_key = true;
    std::string administrator;
    std::chrono::seconds waited_before{0};
};

struct Transcript {
    std::vector<std::string> versions;
    std::string model = "PA-VM";
    std::vector<Request> requests;
};

/// Errors name file and line.
tl::expected<Transcript, std::string> read_transcript(const std::string& path);

}  // namespace conformance
