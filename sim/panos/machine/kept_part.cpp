#include "sim/panos/machine/kept_part.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "sim/panos/machine/sealed_text.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string saved_text(const std::map<std::string, NodePtr>& saved) {
    std::string out = "<saved>";
    Layout layout;
    layout.marks = false;
    for (const auto& [name, configuration] : saved) {
        out += "<entry name=\"" + escaped_attribute(name) + "\">";
        print(out, *configuration, layout);
        out += "</entry>";
    }
    return out + "</saved>";
}

std::map<std::string, NodePtr> read_saved(std::string_view text) {
    const auto elements = read_xml(text);
    if (!elements || elements->size() != 1) {
        throw std::runtime_error("the saved configurations are no XML");
    }
    std::map<std::string, NodePtr> saved;
    for (const Element& entry : elements->front().children) {
        const Element* const config = entry.child("config");
        const auto node =
            config == nullptr ? tl::make_unexpected(std::string("there is no <config>")) : to_node(*config);
        if (!node) {
            throw std::runtime_error("the saved configuration '" + std::string(entry.attribute("name")) +
                                     "' can't be read: " + node.error());
        }
        saved.emplace(entry.attribute("name"), *node);
    }
    return saved;
}

std::string number_text(Instant at) {
    return std::to_string(at.time_since_epoch().count());
}

std::string shown_attribute(std::string_view name, std::string_view value) {
    return fmt::format(" {}=\"{}\"", name, escaped_attribute(value));
}

Instant instant_in(const Element& element, std::string_view name) {
    const auto value = integer(element.attribute(name));
    if (!value) {
        throw std::runtime_error(fmt::format("'{}' of <{}> is no time", name, element.name));
    }
    return Instant(std::chrono::microseconds(*value));
}

std::uint64_t count_in(const Element& element, std::string_view name) {
    const auto value = whole_number(element.attribute(name));
    if (!value) {
        throw std::runtime_error(fmt::format("'{}' of <{}> is no number", name, element.name));
    }
    return *value;
}

Element root_of(std::string_view text, std::string_view what) {
    auto elements = read_xml(text);
    if (!elements || elements->size() != 1) {
        throw std::runtime_error(fmt::format("{} can't be read", what));
    }
    return std::move(elements->front());
}

// ---- counters -------------------------------------------------------------------------------------------------------

std::string counters_text(const Machine& machine) {
    std::string out =
        fmt::format("<counters allowed=\"{}\" denied=\"{}\">", machine.traffic.allowed, machine.traffic.denied);
    machine.hits.each([&out](std::string_view vsys, std::string_view rule, const RuleHit& hit) {
        out += "<rule" + shown_attribute("vsys", vsys) + shown_attribute("name", rule) +
               fmt::format(" count=\"{}\"", hit.count) + shown_attribute("created", number_text(hit.created)) +
               shown_attribute("modified", number_text(hit.modified));
        for (const auto& [name, at] :
             {std::pair{"first", hit.first}, std::pair{"last", hit.last}, std::pair{"reset", hit.reset}}) {
            out += at ? shown_attribute(name, number_text(*at)) : "";
        }
        out += "/>";
    });
    return out + "</counters>";
}

void read_counters(Machine& machine, std::string_view text) {
    const Element counters = root_of(text, "the counters");
    TrafficCounters traffic{count_in(counters, "allowed"), count_in(counters, "denied")};
    for (const Element& each : counters.children) {
        RuleHit hit;
        hit.count = count_in(each, "count");
        hit.created = instant_in(each, "created");
        hit.modified = instant_in(each, "modified");
        for (const auto& [name, at] :
             {std::pair{"first", &hit.first}, std::pair{"last", &hit.last}, std::pair{"reset", &hit.reset}}) {
            if (!each.attribute(name).empty()) {
                *at = instant_in(each, name);
            }
        }
        machine.hits.restore(each.attribute("vsys"), each.attribute("name"), hit);
    }
    machine.traffic = traffic;
}

// ---- secrets --------------------------------------------------------------------------------------------------------

std::string secrets_text(const Machine& machine) {
    std::string out;
    if (!machine.license_api_key.empty()) {
        out += "<license-api-key>" + escaped_text(machine.license_api_key) + "</license-api-key>";
    }
    if (const MasterKey& key = machine.master_key; !key.text.empty()) {
        out += "<master-key" + shown_attribute("expires", number_text(key.expires)) +
               shown_attribute("reminds", number_text(key.reminds)) + ">" + escaped_text(key.text) + "</master-key>";
    }
    for (const EnrolmentKey& each : machine.enrolment_keys) {
        out += "<enrolment-key" + shown_attribute("expires", number_text(each.expires)) + ">" +
               escaped_text(each.text) + "</enrolment-key>";
    }
    for (const RegistrationKey& each : machine.registration_keys) {
        out += "<registration-key" + shown_attribute("name", each.name) +
               shown_attribute("expires", number_text(each.expires)) + fmt::format(" count=\"{}\"", each.count) +
               shown_attribute("kind", each.kind) + "><text>" + escaped_text(each.text) + "</text>";
        for (const std::string& serial : each.serials) {
            out += "<serial>" + escaped_text(serial) + "</serial>";
        }
        out += "</registration-key>";
    }
    for (const auto& [sealed, key] : machine.private_keys) {
        out += "<private-key" + shown_attribute("of", sealed) + ">" + escaped_text(key) + "</private-key>";
    }
    return out.empty() ? out : "<secrets>" + out + "</secrets>";
}

void read_secrets(Machine& machine, std::string_view text) {
    for (const Element& each : root_of(text, "the secrets").children) {
        if (each.name == "license-api-key") {
            machine.license_api_key = each.text;
        } else if (each.name == "master-key") {
            machine.master_key = {each.text, instant_in(each, "expires"), instant_in(each, "reminds")};
        } else if (each.name == "enrolment-key") {
            machine.enrolment_keys.push_back({each.text, instant_in(each, "expires")});
        } else if (each.name == "private-key") {
            machine.private_keys[std::string(each.attribute("of"))] = each.text;
        } else if (each.name == "registration-key") {
            RegistrationKey key{std::string(each.attribute("name")), each.text_of("text"), instant_in(each, "expires"),
                                static_cast<unsigned>(count_in(each, "count")), std::string(each.attribute("kind"))};
            for (const Element& serial : each.children) {
                if (serial.name == "serial") {
                    key.serials.push_back(serial.text);
                }
            }
            machine.registration_keys.push_back(std::move(key));
        }
    }
}

}  // namespace

void keep_parts(Machine& machine) {
    machine.kept.push_back({"registration", [&machine] { return machine.registration.serialise(); },
                            [&machine](std::string_view text) {
                                if (const auto read = machine.registration.restore(text); !read) {
                                    throw std::runtime_error(read.error());
                                }
                            },
                            [&machine] { machine.registration.after_reboot(machine.booted); }});
    machine.kept.push_back({"saved-configurations", [&machine] { return saved_text(machine.saved_configurations); },
                            [&machine](std::string_view text) { machine.saved_configurations = read_saved(text); },
                            nullptr});
    machine.kept.push_back({"counters", [&machine] { return counters_text(machine); },
                            [&machine](std::string_view text) { read_counters(machine, text); }, nullptr});
    machine.kept.push_back({"ha-peer-key", [&machine] { return machine.high_availability.peer_key; },
                            [&machine](std::string_view text) { machine.high_availability.peer_key = text; }, nullptr});
    // The key costs some time, and most devices have no secret.
    const auto sealing = std::make_shared<std::optional<SealedText>>();
    const auto sealed_by = [sealing, &machine]() -> const SealedText& {
        if (!*sealing) {
            sealing->emplace(machine.options);
        }
        return **sealing;
    };
    machine.kept.push_back({"secrets",
                            [&machine, sealed_by] {
                                const std::string text = secrets_text(machine);
                                return text.empty() ? text : sealed_by().seal(text);
                            },
                            [&machine, sealed_by](std::string_view text) {
                                // Sealed with other passwords: the secrets are lost, as API keys are.
                                if (const auto opened = text.empty() ? std::nullopt : sealed_by().open(text)) {
                                    read_secrets(machine, *opened);
                                }
                            },
                            nullptr});
}

}  // namespace sim::panos
