#include "sim/soak/judge/object_roll.hpp"

#include <fmt/format.h>

namespace sim::soak {

void ObjectRoll::add(const std::string& name, const std::string& value) {
    ++count_;
    const auto address = books_.address_index(value);
    if (!address) {
        if (told_.insert(value).second) {
            wrong_.push_back(
                {now_,
                 Wrong::not_named,
                 books_.firewall(firewall_),
                 value,
                 {},
                 fmt::format("object {} of ours is in the running configuration, and no alert names it", name)});
        }
        return;
    }
    std::string& known = names_[*address];
    if (!known.empty() && told_.insert(value).second) {
        wrong_.push_back({now_,
                          Wrong::duplicate,
                          books_.firewall(firewall_),
                          value,
                          {},
                          fmt::format("is there as {} and as {}", known, name)});
    }
    known = name;
}

}  // namespace sim::soak
