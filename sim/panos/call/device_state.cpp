#include "sim/panos/call/device_state.hpp"

#include <algorithm>

#include "sim/panos/call/archive.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/machine/factory.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view running_name = "running-config.xml";
constexpr std::string_view pushed_name = "panorama-pushed.xml";  // the mock's own

std::string whole_text(const Node& node) {
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.depth = 0;
    print(out, node, layout);
    return out;
}

const std::string* file_named(const std::vector<ArchivedFile>& files, std::string_view name) {
    const auto at = std::find_if(files.begin(), files.end(), [name](const ArchivedFile& each) {
        return each.name == name || each.name == "./" + std::string(name);
    });
    return at == files.end() ? nullptr : &at->content;
}

}  // namespace

std::string device_state(const Machine& machine, Instant now) {
    const NodePtr& running = machine.configuration.running();
    std::vector<ArchivedFile> files{{std::string(running_name), whole_text(*local_part(running))}};
    if (const Node* const pushed = machine.panorama() ? nullptr : running->child("panorama")) {
        files.push_back({std::string(pushed_name), whole_text(*pushed)});
    }
    return tgz(files, now);
}

tl::expected<void, std::string> take_device_state(Machine& machine, const std::string& admin, std::string_view file,
                                                  Instant now) {
    const auto files = untgz(file);
    if (!files) {
        return tl::make_unexpected(files.error());
    }
    const std::string* const running = file_named(*files, running_name);
    if (running == nullptr) {
        return tl::make_unexpected(std::string("it holds no ") + std::string(running_name));
    }
    const auto configuration = read_configuration(*running);
    if (!configuration) {
        return tl::make_unexpected(std::string(running_name) + " is not a valid configuration");
    }
    NodePtr pushed;
    if (const std::string* const text = file_named(*files, pushed_name)) {
        const auto elements = read_xml(*text);
        const auto node = elements && elements->size() == 1 && elements->front().name == "panorama"
                              ? to_node(elements->front())
                              : tl::make_unexpected(std::string());
        if (!node) {
            return tl::make_unexpected(std::string(pushed_name) + " is not what a Panorama pushes");
        }
        pushed = *node;
        restore_origins(pushed, elements->front());
    }
    // What was pushed stands beside the configuration and is no change of it.
    if (pushed) {
        machine.configuration.set_pushed(pushed);
        machine.running_changed(now);
    }
    NodePtr wanted = *configuration;
    if (const Child* const kept = machine.configuration.running()->children().find("panorama", "")) {
        own(wanted).children().put(kept->node, kept->place);
    }
    machine.configuration.load_as_candidate(wanted, admin, now);
    ++machine.revision;
    return {};
}

}  // namespace sim::panos
