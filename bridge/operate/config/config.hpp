// bridge.yaml, read and checked: every key has its default here and nowhere else, and every complaint names file, line
// and key.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/value/failure.hpp"
#include "bridge/engine/engine.hpp"
#include "bridge/intake/gate.hpp"
#include "bridge/lists/list_server.hpp"
#include "bridge/operate/config/operate_settings.hpp"
#include "bridge/panos/curl_transport.hpp"
#include "bridge/store/retention.hpp"
#include "net/http_server.hpp"

namespace bridge::operate {

/// A name in a target's URL.
struct TargetName {
    std::string host;
    std::string target;
};

struct Config {
    std::string file;
    net::ListenOptions intake;
    intake::GateRules gate;
    std::chrono::milliseconds certificate_check_every{10'000};  // whether the files of the intake's TLS have changed
    std::string store = "/var/lib/firebreak/bridge.db";
    store::Keeping keeping;
    engine::EngineSettings engine;
    std::map<std::string, panos::Endpoint> endpoints;       // by target
    std::map<std::string, panos::Endpoint> peer_endpoints;  // the second device of an HA pair, by target
    std::optional<net::ListenOptions> lists;                // where the pages of edl targets are served
    lists::Tokens list_tokens;
    OperateSettings operate;
    std::vector<std::string> allow_files;  // paths, of policy.allow_files
    std::vector<TargetName> target_names;  // whose addresses are never blocked, either
    std::vector<std::string> keys;         // that the sections which are written can have, each with its path
    std::vector<std::string> cautions;     // allowed, but worth a line at every start: `insecure: true`

    const panos::Endpoint& endpoint(const std::string& target, std::size_t device) const {
        return device == 0 ? endpoints.at(target) : peer_endpoints.at(target);
    }
};

/// What a configuration is read for: to run a bridge; for its rules alone, without secrets and certificates; or to ask
/// the running bridge, for which only `operate` is read, so that an operator can do so whatever is wrong elsewhere in
/// the file.
enum class ConfigUse { run, rules, ask };

/// Reads the file and the secrets it points to (paths are relative to the file). On failure: every complaint, one a
/// line, each "bridge.yaml:14:5: policy.allow[2]: '10.0.0.0/33' is no CIDR prefix".
tl::expected<Config, std::string> load_config(const std::string& path, ConfigUse use = ConfigUse::run);

/// The same from a text; `path` names it in messages and is what relative paths are relative to.
tl::expected<Config, std::string> read_config(std::string_view text, const std::string& path,
                                              ConfigUse use = ConfigUse::run);

}  // namespace bridge::operate
