// Who may ask the running bridge what: whoever the file system lets connect to the Unix socket, and over TCP whoever
// shows a token. Without tokens the TCP listener is as open as its address; the configuration then insists on loopback.
#pragma once

#include <map>
#include <string>

#include "bridge/domain/value/secret.hpp"
#include "net/http.hpp"

namespace bridge::operate {

enum class Right { read, operate };

struct Token {
    domain::Secret text;  // empty: it could not be read by the client that asks, and admits nobody
    Right right = Right::read;
};

using Tokens = std::map<std::string, Token>;  // by the name that the audit trail tells

/// Shorter ones could be guessed; the configuration refuses them.
inline constexpr std::size_t token_characters_min = 16;

struct Admission {
    unsigned status = 200;  // 401: no token, or a wrong one; 403: the token's right does not reach that far
    std::string who;        // for the audit trail: "uid 1000 (alice)", "token grafana from 192.0.2.7", "192.0.2.7"
    std::string line;       // why not
};

/// `GET` and `HEAD` need the right to read, everything else the right to operate. Compares with every token, in a time
/// that tells nothing about them.
Admission admission(const Tokens& tokens, const net::HttpRequest& head);

/// Pages for which no one needs a token on any listener: whether the process lives and takes notifications.
bool is_open_page(const net::HttpRequest& head);

}  // namespace bridge::operate
