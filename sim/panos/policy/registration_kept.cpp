// What User-ID knows, written down and read again.
#include <fmt/format.h>

#include "sim/panos/policy/registration.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string micros(Instant at) {
    return std::to_string(at.time_since_epoch().count());
}

std::optional<Instant> until_of(const Element& element) {
    const auto at = integer(element.attribute("until"));
    return at ? std::optional(Instant(std::chrono::microseconds(*at))) : std::nullopt;
}

std::string until_attribute(const std::optional<Instant>& until) {
    return until ? fmt::format(" until=\"{}\"", micros(*until)) : std::string{};
}

std::string tags_xml(const std::vector<RegisteredAddress::Tag>& tags) {
    std::string out;
    for (const RegisteredAddress::Tag& tag : tags) {
        out += fmt::format("<tag{}>{}</tag>", until_attribute(tag.until), escaped_text(tag.name));
    }
    return out;
}

}  // namespace

std::string Registration::serialise() const {
    std::string out = "<registration>";
    for (const auto& [name, table] : vsys_) {
        out += fmt::format("<vsys name=\"{}\">", escaped_attribute(name));
        for (const auto& [range, address] : table.addresses.all) {
            out += fmt::format("<address ip=\"{}\" persistent=\"{}\">{}</address>", escaped_attribute(address.text),
                               address.persistent ? 1 : 0, tags_xml(address.tags));
        }
        for (const auto& [key, user] : table.users) {
            out += fmt::format("<user name=\"{}\">{}</user>", escaped_attribute(user.name), tags_xml(user.tags));
        }
        for (const auto& [key, mapping] : table.mappings) {
            out += fmt::format("<mapping ip=\"{}\" user=\"{}\"{}{}/>", escaped_attribute(mapping.address),
                               escaped_attribute(mapping.user), until_attribute(mapping.until),
                               mapping.block_start ? fmt::format(" blockstart=\"{}\"", *mapping.block_start) : "");
        }
        for (const auto& [group, members] : table.groups) {
            out += fmt::format("<group name=\"{}\">", escaped_attribute(group));
            for (const std::string& member : members) {
                out += "<member>" + escaped_text(member) + "</member>";
            }
            out += "</group>";
        }
        out += "</vsys>";
    }
    return out + "</registration>";
}

void Registration::read_address(Vsys& into, const std::string& vsys, const Element& element) {
    const std::string text(element.attribute("ip"));
    const auto range = readable(text);
    if (!range) {
        return;  // written by a version that took more than this one does
    }
    for (AddressTable* table : {&into.addresses, &into.followed}) {
        RegisteredAddress& address = table->put(text, *range);
        address.persistent = element.attribute("persistent") != "0";
        for (const Element& tag : element.children) {
            address.tags.push_back({tag.text, until_of(tag)});
        }
    }
    for (const Element& tag : element.children) {
        if (const auto until = until_of(tag)) {
            deadlines_.insert({*until, Subject::address, vsys, text, tag.text});
        }
    }
    ++count_;
}

tl::expected<void, std::string> Registration::restore(std::string_view xml) {
    const auto elements = read_xml(xml);
    if (!elements || elements->size() != 1 || elements->front().name != "registration") {
        return tl::make_unexpected("registered addresses: no <registration> document" +
                                   (elements ? std::string{} : ": " + elements.error()));
    }
    vsys_.clear();
    deadlines_.clear();
    changes_.clear();
    count_ = 0;
    for (const Element& scope : elements->front().children) {
        const std::string name(scope.attribute("name"));
        Vsys& into = vsys_[name];
        for (const Element& each : scope.children) {
            const std::string subject(each.attribute("name"));
            if (each.name == "address") {
                read_address(into, name, each);
            } else if (each.name == "user") {
                RegisteredUser& user = into.users[subject];
                user.name = subject;
                for (const Element& tag : each.children) {
                    user.tags.push_back({tag.text, until_of(tag)});
                    if (user.tags.back().until) {
                        deadlines_.insert({*user.tags.back().until, Subject::user, name, subject, tag.text});
                    }
                }
            } else if (each.name == "mapping") {
                const auto block = integer(each.attribute("blockstart"));
                UserMapping mapping{std::string(each.attribute("ip")), std::string(each.attribute("user")),
                                    until_of(each),
                                    block ? std::optional(static_cast<std::uint32_t>(*block)) : std::nullopt};
                if (mapping.until) {
                    deadlines_.insert({*mapping.until, Subject::mapping, name, mapping.address,
                                       std::string(each.attribute("blockstart"))});
                }
                into.mappings[{mapping.address, mapping.block_start}] = mapping;
            } else if (each.name == "group") {
                for (const Element& member : each.children) {
                    into.groups[subject].push_back(member.text);
                }
            }
        }
    }
    return {};
}

}  // namespace sim::panos
