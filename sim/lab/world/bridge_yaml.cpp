#include "sim/lab/world/bridge_yaml.hpp"

#include "yaml/writer.hpp"

namespace sim::lab {

namespace {

void put_all(yaml::Node& into, const std::vector<yaml::Entry>& entries) {
    for (const yaml::Entry& entry : entries) {
        yaml::put(into, entry.key, entry.value);
    }
}

yaml::Node intake_of(const BridgeSetup& setup, const BridgeFiles& files) {
    yaml::Node intake = yaml::map();
    yaml::put(intake, "listen", yaml::scalar("127.0.0.1:0"));
    if (setup.tls) {
        yaml::Node& tls = yaml::put(intake, "tls", yaml::map());
        yaml::put(tls, "certificate", yaml::scalar(files.intake_certificate));
        yaml::put(tls, "key", yaml::scalar(files.intake_key));
        yaml::put(tls, "check_every", yaml::scalar("100ms"));
        if (setup.client_certificates) {
            yaml::put(tls, "client_ca", yaml::scalar(files.client_authority));
        }
        put_all(tls, setup.tls_settings);
    }
    if (!setup.users.empty()) {
        yaml::Node& users = yaml::put(intake, "users", yaml::map());
        for (const BridgeUser& user : setup.users) {
            yaml::Node& entry = yaml::put(users, user.name, yaml::map());
            yaml::put(entry, user.hashed ? "password_hash_file" : "password_file",
                      yaml::scalar(files.password_files.at(user.name)));
        }
    }
    put_all(intake, setup.intake);
    return intake;
}

yaml::Node target_of(const TargetSetup& setup, const TargetFiles& files) {
    yaml::Node target = yaml::map();
    yaml::put(target, "kind", yaml::scalar(setup.device_group.empty() ? "panos" : "panorama"));
    if (!setup.device_group.empty()) {
        yaml::put(target, "device_group", yaml::scalar(setup.device_group));
    }
    yaml::put(target, "url", yaml::scalar(files.url));
    if (setup.insecure) {
        yaml::put(target, "insecure", yaml::scalar("true"));
    } else if (!files.ca.empty()) {
        yaml::put(target, "ca", yaml::scalar(files.ca));
    }
    if (!files.peer_url.empty()) {
        yaml::put(target, "peer_url", yaml::scalar(files.peer_url));
    }
    if (!files.peer_ca.empty() && !setup.insecure) {
        yaml::put(target, "peer_ca", yaml::scalar(files.peer_ca));
    }
    yaml::put(target, "api_key_file", yaml::scalar(files.api_key_file));
    yaml::put(target, "user", yaml::scalar(setup.user));
    yaml::put(target, "group", yaml::scalar(setup.group));
    put_all(target, setup.settings);
    return target;
}

yaml::Node list_of(const TargetSetup& setup, const BridgeFiles& files) {
    yaml::Node target = yaml::map();
    yaml::put(target, "kind", yaml::scalar("edl"));
    yaml::put(target, "token_file", yaml::scalar(files.token_files.at(setup.firewall)));
    put_all(target, setup.settings);
    if (!setup.refresh) {
        return target;
    }
    yaml::Node refresh;
    refresh.kind = yaml::Kind::list;
    for (const std::string& firewall : setup.fetched_by) {
        const TargetFiles& its = files.targets.at(firewall);
        yaml::Node asked = yaml::map();
        yaml::put(asked, "url", yaml::scalar(its.url));
        if (!its.ca.empty()) {
            yaml::put(asked, "ca", yaml::scalar(its.ca));
        }
        yaml::put(asked, "api_key_file", yaml::scalar(its.api_key_file));
        yaml::Node& lists = yaml::put(asked, "lists", yaml::map());
        for (const std::string kind : {"ip", "domain", "url"}) {
            yaml::put(lists, kind, yaml::scalar(setup.firewall + "-" + kind));
        }
        refresh.items.push_back(std::move(asked));
    }
    yaml::put(target, "refresh", std::move(refresh));
    return target;
}

}  // namespace

std::string bridge_yaml(const BridgeSetup& setup, const BridgeFiles& files) {
    yaml::Node root = yaml::map();
    yaml::put(root, "intake", intake_of(setup, files));
    if (setup.store.empty()) {
        yaml::put(root, "store", yaml::scalar(files.store));
    } else {
        yaml::Node& store = yaml::put(root, "store", yaml::map());
        yaml::put(store, "path", yaml::scalar(files.store));
        put_all(store, setup.store);
    }
    for (const auto& [key, entries] : {std::pair("policy", &setup.policy), std::pair("site", &setup.site),
                                       std::pair("appliances", &setup.appliances)}) {
        if (!entries->empty()) {
            put_all(yaml::put(root, key, yaml::map()), *entries);
        }
    }
    yaml::Node& targets = yaml::put(root, "targets", yaml::map());
    bool any_list = false;
    for (const TargetSetup& target : setup.targets) {
        any_list = any_list || target.list;
        yaml::put(targets, target.firewall,
                  target.list ? list_of(target, files) : target_of(target, files.targets.at(target.firewall)));
    }
    if (any_list) {
        yaml::Node& lists = yaml::put(root, "lists", yaml::map());
        yaml::put(lists, "listen", yaml::scalar(files.lists_listen));
    }
    yaml::Node& operate = yaml::put(root, "operate", yaml::map());
    yaml::put(operate, "listen", yaml::scalar("127.0.0.1:0"));
    put_all(operate, setup.operate);
    return yaml::as_file(root);
}

}  // namespace sim::lab
