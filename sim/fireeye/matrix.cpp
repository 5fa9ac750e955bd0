#include "sim/fireeye/matrix.hpp"

#include <algorithm>
#include <array>

namespace sim::fireeye {

namespace {

constexpr std::array all_types = {"malware-callback", "riskware-callback",  "infection-match", "domain-match",
                                  "web-infection",    "riskware-infection", "malware-object",  "riskware-object",
                                  "ips-event",        "smartvision-event"};

constexpr std::array all_formats = {"xml-concise",         "xml-normal",         "xml-extended",
                                    "json-concise",        "json-normal",        "json-extended",
                                    "json-legacy-concise", "json-legacy-normal", "json-legacy-extended"};

struct Releases {
    std::string_view product;
    std::vector<std::string_view> versions;
};

struct Source {
    std::string_view product;
    std::string_view version;
    std::string_view format;
    std::string_view type;
    Certainty certainty;
};

// Real samples: reference §10. Documented: the manual's examples of 2017, whose release it does not name (taken
// as 8.2).
constexpr std::array sources = {
    Source{"nx", "6.2", "xml-normal", "malware-object", Certainty::real_sample},
    Source{"nx", "7.7", "json-extended", "malware-object", Certainty::real_sample},
    Source{"ax", "7.7", "json-concise", "malware-object", Certainty::real_sample},
    Source{"cm", "9.0", "json-normal", "ips-event", Certainty::real_sample},
    Source{"nx", "8.2", "xml-normal", "malware-object", Certainty::documented},
    Source{"nx", "8.2", "json-normal", "malware-object", Certainty::documented},
};

Certainty certainty_of(const Cell& cell) {
    const auto* const found = std::find_if(sources.begin(), sources.end(), [&](const Source& source) {
        return source.product == cell.product && source.version == cell.version && source.format == cell.format &&
               source.type == cell.type;
    });
    return found == sources.end() ? Certainty::inferred : found->certainty;
}

/// Legacy JSON is a choice since 7.0.2; before, JSON was that anyway.
bool has_format(std::string_view version, std::string_view format) {
    return !(version.starts_with("6.") && format.starts_with("json-legacy"));
}

}  // namespace

std::string_view name_of(Certainty certainty) {
    switch (certainty) {
        case Certainty::real_sample:
            return "real sample";
        case Certainty::documented:
            return "vendor documentation";
        case Certainty::inferred:
            return "inferred";
    }
    return {};
}

std::vector<Cell> matrix() {
    const std::array<Releases, 5> products{{{"nx", {"6.2", "7.7", "8.2", "9.0"}},
                                            {"ex", {"7.7", "8.2", "9.0", "11.0"}},
                                            {"fx", {"7.7", "8.2", "9.0"}},
                                            {"ax", {"7.7", "8.2", "9.0"}},
                                            {"cm", {"7.7", "8.2", "9.0"}}}};
    std::vector<Cell> cells;
    for (const auto& [product, versions] : products) {
        for (const auto version : versions) {
            for (const std::string_view format : all_formats) {
                if (!has_format(version, format)) {
                    continue;
                }
                const auto dialect =
                    understand({"appliance", std::string(product), std::string(version), std::string(format)});
                for (const std::string_view type : all_types) {
                    const Carried holds = dialect ? carried(*dialect, type) : Carried{};
                    if (holds.sent) {
                        Cell cell{std::string(product), std::string(version), std::string(format),
                                  std::string(type),    Certainty::inferred,  holds};
                        cell.certainty = certainty_of(cell);
                        cells.push_back(std::move(cell));
                    }
                }
            }
        }
    }
    return cells;
}

}  // namespace sim::fireeye
