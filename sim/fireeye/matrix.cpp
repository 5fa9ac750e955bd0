#include "sim/fireeye/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/fireeye/alert_types.hpp"
#include "sim/fireeye/invented.hpp"

namespace sim::fireeye {

namespace {

// Which formats a release is listed with. Legacy JSON is a choice since 7.0.2; before, JSON was that anyway. Text and
// REST are listed for fewer releases: nobody reads text, and REST answers are known of 9.0 and 11.0.
struct Formats {
    bool legacy = false;
    bool text = false;
    bool rest = false;
};
constexpr Formats before_legacy{false, false, false};
constexpr Formats before_legacy_with_text{false, true, false};
constexpr Formats notifications{true, false, false};
constexpr Formats with_text{true, true, false};
constexpr Formats everything{true, true, true};

struct Release {
    std::string_view product;
    std::string_view version;
    unsigned major;
    unsigned minor;
    Formats formats;
};

constexpr std::array releases = {
    Release{"nx", "6.2", 6, 2, before_legacy_with_text},
    Release{"nx", "6.4", 6, 4, before_legacy},
    Release{"nx", "7.1", 7, 1, notifications},
    Release{"nx", "7.7", 7, 7, notifications},
    Release{"nx", "8.2", 8, 2, with_text},
    Release{"nx", "9.0", 9, 0, everything},
    Release{"ex", "6.4", 6, 4, before_legacy},
    Release{"ex", "7.7", 7, 7, notifications},
    Release{"ex", "8.2", 8, 2, notifications},
    Release{"ex", "8.3", 8, 3, with_text},
    Release{"ex", "9.0", 9, 0, everything},
    Release{"ex", "11.0", 11, 0, everything},
    Release{"fx", "6.4", 6, 4, before_legacy},
    Release{"fx", "7.7", 7, 7, notifications},
    Release{"fx", "8.2", 8, 2, notifications},
    Release{"fx", "9.0", 9, 0, everything},
    Release{"ax", "6.4", 6, 4, before_legacy},
    Release{"ax", "7.7", 7, 7, notifications},
    Release{"ax", "8.2", 8, 2, notifications},
    Release{"ax", "9.0", 9, 0, everything},
    Release{"cm", "6.4", 6, 4, before_legacy},
    Release{"cm", "7.7", 7, 7, notifications},
    Release{"cm", "8.2", 8, 2, notifications},
    Release{"cm", "9.0", 9, 0, everything},
};

struct Source {
    std::string_view product;
    std::string_view version;
    std::string_view format;
    std::string_view type;
    Certainty certainty;
};

// Real samples: reference §10. Documented: the manual's examples of 2017, whose release it does not name (taken
// as 8.2), and its page on the text form, of an EX 8.3.
constexpr std::array sources = {
    Source{"nx", "6.2", "xml-normal", "malware-object", Certainty::real_sample},
    Source{"nx", "7.7", "json-extended", "malware-object", Certainty::real_sample},
    Source{"ax", "7.7", "json-concise", "malware-object", Certainty::real_sample},
    Source{"cm", "9.0", "json-normal", "ips-event", Certainty::real_sample},
    Source{"hx", "5.0", "json-normal", "indicator-executed", Certainty::real_sample},
    Source{"nx", "9.0", "rest-concise", "domain-match", Certainty::real_sample},
    Source{"cm", "9.0", "rest-concise", "malware-callback", Certainty::real_sample},
    Source{"ex", "9.0", "rest-concise", "malware-object", Certainty::real_sample},
    Source{"ex", "11.0", "rest-concise", "malware-object", Certainty::real_sample},
    Source{"ex", "11.0", "rest-concise", "riskware-object", Certainty::real_sample},
    Source{"nx", "8.2", "xml-normal", "malware-object", Certainty::documented},
    Source{"nx", "8.2", "json-normal", "malware-object", Certainty::documented},
    Source{"ex", "8.3", "text-concise", "malware-object", Certainty::documented},
};

Certainty certainty_of(const Cell& cell) {
    const auto* const found = std::find_if(sources.begin(), sources.end(), [&](const Source& source) {
        return source.product == cell.product && source.version == cell.version && source.format == cell.format &&
               source.type == cell.type;
    });
    return found == sources.end() ? Certainty::inferred : found->certainty;
}

std::vector<std::string> formats_of(const Formats& formats) {
    std::vector<std::string> names;
    for (const auto& [syntax, listed] :
         {std::pair("xml", true), std::pair("json", true), std::pair("json-legacy", formats.legacy),
          std::pair("text", formats.text), std::pair("rest", formats.rest)}) {
        for (const std::string_view level : {"concise", "normal", "extended"}) {
            if (listed) {
                names.push_back(fmt::format("{}-{}", syntax, level));
            }
        }
    }
    return names;
}

std::string note_of(const Cell& cell) {
    if (cell.format.starts_with("rest-")) {
        return "an answer of the appliance's API; never pushed, but found in the same hands";
    }
    if (cell.format.starts_with("text-")) {
        return "acknowledged, not read";
    }
    return cell.product == "hx" ? "per event only; nobody to block" : "";
}

void add_cell(const Dialect& dialect, Cell cell, std::vector<Cell>& cells) {
    cell.carried = carried(dialect, cell.type);
    if (cell.carried.sent) {
        cell.certainty = certainty_of(cell);
        cell.note = note_of(cell);
        cells.push_back(std::move(cell));
    }
}

void add_release(const Release& release, std::vector<Cell>& cells) {
    for (const std::string& format : formats_of(release.formats)) {
        const auto dialect =
            understand({"appliance", std::string(release.product), std::string(release.version), format, {}, {}});
        for (const std::string_view type : all_types()) {
            const TypeFacts& facts = *facts_of(type);
            const bool listed =
                std::pair(release.major, release.minor) >= std::pair(facts.since_major, facts.since_minor);
            if (dialect && listed) {
                add_cell(
                    *dialect,
                    {std::string(release.product), std::string(release.version), format, std::string(type), {}, {}, {}},
                    cells);
            }
        }
    }
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
    std::vector<Cell> cells;
    for (const Release& release : releases) {
        add_release(release, cells);
    }
    const auto hx = understand({"appliance", "hx", "5.0", "json-normal", {}, {}});
    for (const std::string_view type : all_types()) {
        if (hx) {
            add_cell(*hx, {"hx", "5.0", "json-normal", std::string(type), {}, {}, {}}, cells);
        }
    }
    return cells;
}

ApplianceProfile profile_of(const Cell& cell, std::string name) {
    return {std::move(name), cell.product, cell.version, cell.format, {}, {}};
}

Incident typical_incident(const Cell& cell) {
    const std::uint64_t number =
        number_of(fmt::format("{} {} {} {}", cell.product, cell.version, cell.format, cell.type));
    constexpr std::uint64_t hosts = 250;
    const std::uint64_t host = 1 + number % hosts;
    const TypeFacts* const facts = facts_of(cell.type);
    const bool by_name =
        (cell.carried.name && !cell.carried.address) || (facts != nullptr && facts->shape == Shape::domain_match);
    Incident out;
    out.type = cell.type;
    out.attacker = by_name ? fmt::format("bad-{:02}.example.net", number % 100) : fmt::format("203.0.113.{}", host);
    out.victim = cell.product == "ex" ? fmt::format("user-{:02}@example.com", number % 100)
                                      : fmt::format("192.0.2.{}", 1 + (number / hosts) % hosts);
    out.id = 1000 + (number / (hosts * hosts)) % 9000;
    out.occurred = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10) +
                   std::chrono::seconds(number % 3600);
    out.resolver = "192.0.2.253";
    return out;
}

}  // namespace sim::fireeye
