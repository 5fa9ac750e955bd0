// Which appliance speaks: product, release and the message format that its administrator chose.
#pragma once

#include <string>

#include <tl/expected.hpp>

namespace sim::fireeye {

/// As people write it in a scenario or on the command line.
struct ApplianceProfile {
    std::string name;     // host name of the appliance
    std::string product;  // "nx", "ex", "fx", "ax", "cm"
    std::string version;  // "6.2", "7.7", "8.2", "9.0", or in full: "9.0.3.936727"
    std::string format;   // "xml-normal", "json-extended", "json-legacy-concise"
};

enum class Product { nx, ex, fx, ax, cm };
enum class Syntax { xml, json, json_legacy };
enum class Level { concise, normal, extended };

/// The same, understood: what decides how a notification looks.
struct Dialect {
    std::string name;
    Product product;
    unsigned major;
    unsigned minor;
    std::string version;  // in full, as the envelope gives it
    Syntax syntax;
    Level level;

    bool at_least(unsigned wanted_major, unsigned wanted_minor) const {
        return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
    }
    /// JSON whose keys carry '@' for what is an attribute in XML: all JSON of 6.x, the legacy formats later.
    bool has_at_signs() const { return syntax == Syntax::json_legacy || (syntax == Syntax::json && major < 7); }
    bool is_json() const { return syntax != Syntax::xml; }
};

/// Errors   a line that names the value and the values that there are
tl::expected<Dialect, std::string> understand(const ApplianceProfile& profile);

/// "Web MPS", "Email MPS", "File MPS", "MAS", "CMS": as envelopes name products. (File MPS is inferred.)
std::string product_title(Product product);

}  // namespace sim::fireeye
