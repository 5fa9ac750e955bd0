#include "sim/soak/judge/left_over.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "sim/soak/judge/our_objects.hpp"

namespace sim::soak {

namespace {

void look_into(std::string_view which, const panos::NodePtr& configuration, std::vector<std::string>& wrong) {
    std::size_t left = 0;
    std::string one;
    each_object(configuration, [&](const std::string& name, const std::string& address) {
        ++left;
        one = fmt::format("{} ({})", name, address);
    });
    if (left > 0) {
        wrong.push_back(
            fmt::format("{} objects of ours are left in the {} configuration, {} among them", left, which, one));
    }
}

}  // namespace

std::vector<std::string> left_over(const panos::NodePtr& running, const panos::NodePtr& candidate, bool uncommitted) {
    std::vector<std::string> wrong;
    look_into("running", running, wrong);
    look_into("candidate", candidate, wrong);
    if (uncommitted) {
        wrong.emplace_back("has changes of the bridge that were never committed");
    }
    return wrong;
}

}  // namespace sim::soak
