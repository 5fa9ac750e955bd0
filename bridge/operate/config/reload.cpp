#include "bridge/operate/config/reload.hpp"

#include <tuple>
#include <utility>

namespace bridge::operate {

namespace {

auto tls_of(const net::ListenOptions& options) {
    const net::TlsIdentity identity = options.tls.value_or(net::TlsIdentity{});
    return std::tuple(options.tls.has_value(), identity.certificate_file, identity.key_file, identity.client_ca_file,
                      identity.client_names, identity.old_clients);
}

auto place_of(const net::ListenOptions& options) {
    return std::tuple(options.address, options.port);
}

auto limits_of(const net::ListenOptions& options) {
    return std::tuple(options.body_bytes_max, options.header_bytes_max, options.read_timeout, options.idle_timeout,
                      options.connections_max, options.connections_per_source_max, options.body_rate_min);
}

auto socket_of(const OperateSettings& settings) {
    const net::UnixListener socket = settings.socket.value_or(net::UnixListener{});
    return std::tuple(settings.socket.has_value(), socket.path, socket.group);
}

template <class Part>
bool differ(const std::optional<net::ListenOptions>& a, const std::optional<net::ListenOptions>& b, Part part) {
    return a.has_value() != b.has_value() || (a && part(*a) != part(*b));
}

}  // namespace

std::vector<std::string> keys_that_need_a_restart(const Config& now, const Config& next) {
    std::vector<std::string> keys;
    const auto compare = [&](bool differs, const char* key) {
        if (differs) {
            keys.emplace_back(key);
        }
    };
    compare(now.store != next.store, "store");
    compare(std::tie(now.keeping.payloads, now.keeping.alerts) != std::tie(next.keeping.payloads, next.keeping.alerts),
            "store.keep_payloads and store.keep_alerts");
    compare(now.certificate_check_every != next.certificate_check_every, "intake.tls.check_every");
    compare(place_of(now.intake) != place_of(next.intake), "intake.listen");
    compare(tls_of(now.intake) != tls_of(next.intake), "intake.tls");
    compare(limits_of(now.intake) != limits_of(next.intake), "intake.limits");
    const auto tokens = [](const lists::Tokens& all) {
        std::vector<std::pair<std::string, std::string>> texts;
        for (const auto& [target, token] : all) {
            texts.emplace_back(target, token.reveal());
        }
        return texts;
    };
    compare(differ(now.lists, next.lists, [](const auto& it) { return std::tuple(place_of(it), tls_of(it)); }),
            "lists");
    compare(tokens(now.list_tokens) != tokens(next.list_tokens), "targets of kind edl and their token_file");
    const OperateSettings& was = now.operate;
    const OperateSettings& will = next.operate;
    compare(socket_of(was) != socket_of(will), "operate.socket");
    compare(differ(was.listen, will.listen, [](const auto& it) { return place_of(it); }), "operate.listen");
    compare(was.listen && will.listen && tls_of(*was.listen) != tls_of(*will.listen), "operate.tls");
    compare(differ(was.monitor, will.monitor, [](const auto& it) { return place_of(it); }), "operate.monitor");
    const auto audit = [](const AuditSettings& it) { return std::tie(it.file, it.syslog, it.facility, it.queue); };
    compare(audit(was.audit) != audit(will.audit), "operate.audit");
    return keys;
}

}  // namespace bridge::operate
