// Operational commands: the key that a virtual firewall gives its licences back with, and the keys and tokens of
// licences on the device, of which the mock has none.
#include <fmt/format.h>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t key_bytes_max = 255;

// The sentences are pango's, which takes each for what it means; that of the success is a Cisco script's.
Reply set_api_key(const OperationCall& call) {
    const Element* const key = call.command.child("key");
    if (key == nullptr || key->text.empty() || key->text.size() > key_bytes_max) {
        return error(17, {" request -> license -> api-key -> set -> key is invalid",
                          " request -> license -> api-key -> set is invalid"});
    }
    if (call.machine.license_api_key == key->text) {
        return error(0, {"API key is same as old"});
    }
    call.machine.license_api_key = key->text;
    return result("API Key is successfully set");
}

Reply show_api_key(const OperationCall& call) {
    const std::string& key = call.machine.license_api_key;
    return key.empty() ? error(0, {"API Key is not set"}) : result("API key: " + escaped_text(key));
}

Reply delete_api_key(const OperationCall& call) {
    if (call.machine.license_api_key.empty()) {
        return error(0, {"No API Key to be deleted"});
    }
    call.machine.license_api_key.clear();
    return result("API Key is successfully deleted");
}

// Of features alone; no server is ever reached, and a device has to have the key first.
Reply deactivate_features(const OperationCall& call) {
    if (call.machine.license_api_key.empty()) {
        return error(0, {"API Key is not set"});
    }
    return error(0, {"Failed to deactivate license due to Unknown error. Please check network connectivity and try "
                     "again."});
}

Reply delete_licence_key(const OperationCall& call) {
    return error(0, {fmt::format("License key {} does not exist", escaped_line(call.command.text.substr(0, 127)))});
}

Reply install_licence(const OperationCall&) {
    return error(0, {"Failed to install license. Invalid license key"});
}

Reply show_tokens(const OperationCall&) {
    return result("<license-token-files/>");
}

constexpr Operation licence_commands[] = {
    {"request license api-key set", "key", set_api_key, Has::firewall},
    {"request license api-key show", "", show_api_key, Has::firewall},
    {"request license api-key delete", "", delete_api_key, Has::firewall},
    {"request license deactivate key", "features mode", deactivate_features, Has::firewall},
    {"request license install", "", install_licence},
    {"delete license key", "", delete_licence_key},
    {"show license-token-files", "name", show_tokens, Has::firewall},
};

}  // namespace

std::span<const Operation> licence_operations() {
    return licence_commands;
}

}  // namespace sim::panos
