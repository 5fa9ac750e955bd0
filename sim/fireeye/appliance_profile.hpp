// Which appliance speaks: product, release and the message format that its administrator chose.
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

namespace sim::fireeye {

/// The appliance that saw what a CM reports.
struct SensorProfile {
    std::string name{};     // empty: "sensor-" and the CM's name
    std::string product{};  // empty: nx
    std::string version{};  // empty: the CM's
    std::string id{};       // MAC; empty: invented from the name
    std::string ip{};       // empty: not told, or invented where it always is
};

/// As people write it in a scenario or on the command line.
struct ApplianceProfile {
    std::string name;     // host name of the appliance
    std::string product;  // "nx", "ex", "fx", "ax", "cm", "hx"
    std::string version;  // "6.2", "7.7", "8.2", "9.0", or in full: "9.0.3.936727"
    std::string format;   // "xml-normal", "json-extended", "json-legacy-concise", "text-normal", "rest-concise"
    std::string id{};     // MAC; empty: invented from the name
    std::optional<SensorProfile> sensor{};  // of a CM; an NX unless said
};

enum class Product { nx, ex, fx, ax, cm, hx };
enum class Syntax { xml, json, json_legacy, text, rest };
enum class Level { concise, normal, extended };

struct Sensor {
    std::string name;
    Product product;
    std::string version;
    std::string id;
    std::string ip;
};

/// The same, understood: what decides how a notification looks.
struct Dialect {
    std::string name;
    Product product;
    unsigned major;
    unsigned minor;
    std::string version;  // in full, as the envelope gives it
    Syntax syntax;
    Level level;
    std::string id;  // MAC
    Sensor sensor;   // who saw it: of a CM the managed appliance, else the appliance itself

    bool at_least(unsigned wanted_major, unsigned wanted_minor) const {
        return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
    }
    /// JSON whose keys carry '@' for what is an attribute in XML: all JSON of 6.x, the legacy formats later.
    bool has_at_signs() const { return syntax == Syntax::json_legacy || (syntax == Syntax::json && major < 7); }
    bool is_json() const { return syntax == Syntax::json || syntax == Syntax::json_legacy || is_rest(); }
    bool is_rest() const { return syntax == Syntax::rest; }
    bool is_text() const { return syntax == Syntax::text; }
    bool is_detailed() const { return level != Level::concise; }
    /// NX sees traffic; the others see files, mail and endpoints.
    bool sees_traffic() const { return sensor.product == Product::nx; }
};

/// Errors   a line that names the value and the values that there are
tl::expected<Dialect, std::string> understand(const ApplianceProfile& profile);

/// "Web MPS", "Email MPS", "File MPS", "MAS", "CMS", "HX": as envelopes name products. (File MPS is inferred.)
std::string product_title(Product product);

/// "WEB_MPS": as the REST dialect names the product in an alert.
std::string rest_product(Product product);

/// "wMPS": as the REST dialect names the product in its envelope. (fMPS and the MAS are inferred.)
std::string rest_appliance(Product product);

}  // namespace sim::fireeye
