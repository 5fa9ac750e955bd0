#include "sim/panos/machine/kept_part.hpp"

#include <stdexcept>

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
}

}  // namespace sim::panos
