// The bridge.yaml that a scenario leads to: what its `bridge` section says, with the addresses, files and keys that
// the lab has made put in, as a user would write it.
#pragma once

#include <map>
#include <string>

#include "sim/lab/story/scenario.hpp"

namespace sim::lab {

/// Where the bridge finds a firewall.
struct TargetFiles {
    std::string url;           // "https://127.0.0.1:40123"
    std::string ca;            // path of a PEM file; empty for none
    std::string api_key_file;  // path
    std::string peer_url{};    // of the other one of an HA pair
    std::string peer_ca{};
};

struct BridgeFiles {
    std::string lists_listen;                           // where pages of edl targets are served: "127.0.0.1:40124"
    std::map<std::string, std::string> token_files;     // by target of kind edl
    std::string store;                                  // path of the database
    std::map<std::string, TargetFiles> targets;         // by firewall
    std::map<std::string, std::string> password_files;  // by user of the intake; of the hash, where that is wanted
    std::string intake_certificate;                     // paths; used when the intake speaks TLS
    std::string intake_key;
    std::string client_authority;  // path; used when appliances must show a certificate
};

std::string bridge_yaml(const BridgeSetup& setup, const BridgeFiles& files);

}  // namespace sim::lab
