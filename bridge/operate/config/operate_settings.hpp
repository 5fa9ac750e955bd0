// `operate:` of bridge.yaml: where operators, monitors and log collectors meet the bridge.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "bridge/operate/config/admission.hpp"
#include "net/http_server.hpp"

namespace bridge::operate {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

inline constexpr const char* default_socket = "/run/firebreak/bridge.sock";

struct AuditSettings {
    std::string file;            // JSON lines; empty: none
    std::string syslog;          // "udp://HOST:PORT", "tcp://HOST:PORT" or "unix:///dev/log"; empty: none
    int facility = 16;           // of RFC 5424: local0
    std::size_t queue = 10'000;  // events that wait for a slow sink, each
};

struct OperateSettings {
    std::optional<net::UnixListener> socket;
    std::optional<net::ListenOptions> listen;   // with its own authorisation: `tokens`
    std::optional<net::ListenOptions> monitor;  // /metrics, /healthz and /readyz for everyone who reaches it
    Tokens tokens;
    LogLevel log_level = LogLevel::info;
    LogFormat log_format = LogFormat::text;
    AuditSettings audit;
};

}  // namespace bridge::operate
