// Renders for the tests of the mock appliance, and looks into what came out.
#pragma once

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <pugixml.hpp>

#include "sim/fireeye/matrix.hpp"
#include "sim/fireeye/notification.hpp"

inline sim::fireeye::Incident incident(std::string type, std::string attacker = "203.0.113.5") {
    sim::fireeye::Incident out;
    out.type = std::move(type);
    out.attacker = std::move(attacker);
    out.victim = "192.0.2.10";
    out.id = 2001;
    out.occurred = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);
    return out;
}

inline sim::fireeye::RenderedNotification rendered(const sim::fireeye::ApplianceProfile& profile,
                                                   const sim::fireeye::Incident& what) {
    const auto out = sim::fireeye::render(profile, {&what, 1});
    INFO((out ? "" : out.error()));
    REQUIRE(out.has_value());
    return *out;
}

/// "cm 9.0 json-normal" as an appliance.
inline sim::fireeye::ApplianceProfile appliance(std::string product, std::string version, std::string format) {
    return {product + "1.example.com", product, std::move(version), std::move(format), {}, {}};
}

inline sim::fireeye::Dialect dialect_of(const sim::fireeye::ApplianceProfile& profile) {
    const auto dialect = sim::fireeye::understand(profile);
    REQUIRE(dialect.has_value());
    return *dialect;
}

inline pugi::xml_document parsed_xml(const std::string& body) {
    pugi::xml_document document;
    REQUIRE(document.load_string(body.c_str()));
    return document;
}

inline std::string text_at(const pugi::xml_document& document, const char* path) {
    const auto found = document.select_node(path);
    return found.attribute() ? found.attribute().value() : found.node().child_value();
}

inline boost::json::value parsed_json(const std::string& body) {
    boost::json::error_code error;
    boost::json::value document = boost::json::parse(body, error);
    INFO(body);
    REQUIRE_FALSE(error);
    return document;
}

inline std::string string_at(const boost::json::value& document, std::string_view pointer) {
    boost::json::error_code error;
    const boost::json::value* const found = document.find_pointer(pointer, error);
    return found == nullptr     ? "absent"
           : found->is_string() ? std::string(found->as_string())
                                : boost::json::serialize(*found);
}

inline std::string described(const sim::fireeye::Cell& cell) {
    return cell.product + " " + cell.version + " " + cell.format + " " + cell.type;
}
