#include "sim/panos/machine/log_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

struct Row {
    std::string_view type;
    std::string_view printed;  // of <type>
};

constexpr std::array rows{Row{"traffic", "TRAFFIC"},
                          Row{"threat", "THREAT"},
                          Row{"url", "THREAT"},
                          Row{"wildfire", "THREAT"},
                          Row{"data", "THREAT"},
                          Row{"config", "CONFIG"},
                          Row{"system", "SYSTEM"},
                          Row{"hipmatch", "HIPMATCH"},
                          Row{"globalprotect", "GLOBALPROTECT"},
                          Row{"iptag", "IPTAG"},
                          Row{"userid", "USERID"},
                          Row{"auth", "AUTHENTICATION"},
                          Row{"corr", "CORRELATION"},
                          Row{"corr-detail", "CORRELATION"},
                          Row{"corr-categ", "CORRELATION"},
                          Row{"tunnel", "START"},
                          Row{"gtp", "GTP"},
                          Row{"sctp", "SCTP"},
                          Row{"decryption", "DECRYPTION"}};

const std::deque<LogEntryPtr> no_entries;

void line(std::string& out, std::string_view name, std::string_view value) {
    out += value.empty() ? fmt::format("        <{}/>\n", name)
                         : fmt::format("        <{0}>{1}</{0}>\n", name, escaped_text(value));
}

}  // namespace

const std::string* LogEntry::find(std::string_view name) const {
    const auto at = std::find_if(fields.begin(), fields.end(), [name](const auto& each) { return each.first == name; });
    return at == fields.end() ? nullptr : &at->second;
}

bool is_log_type(std::string_view type) {
    return std::any_of(rows.begin(), rows.end(), [type](const Row& row) { return row.type == type; });
}

std::vector<std::string_view> log_types() {
    std::vector<std::string_view> types;
    for (const Row& row : rows) {
        types.push_back(row.type);
    }
    return types;
}

void Logs::add(std::string_view type, Instant time, std::string subtype, LogFields fields) {
    auto entry = std::make_shared<LogEntry>();
    entry->log_id = ++log_id_;
    entry->sequence = ++counters_[std::string(type)];
    entry->time = time;
    entry->subtype = std::move(subtype);
    entry->fields = std::move(fields);
    std::deque<LogEntryPtr>& entries = by_type_[std::string(type)];
    entries.push_back(std::move(entry));
    if (entries.size() > entries_max) {
        entries.pop_front();
    }
}

const std::deque<LogEntryPtr>& Logs::of(std::string_view type) const {
    const auto at = by_type_.find(type);
    return at == by_type_.end() ? no_entries : at->second;
}

std::string log_entry_xml(std::string_view type, const LogEntry& entry, const LogSource& source) {
    const auto row = std::find_if(rows.begin(), rows.end(), [type](const Row& each) { return each.type == type; });
    const std::string when = date_and_time(entry.time);
    std::string out = fmt::format("      <entry logid=\"{}\">\n", entry.log_id);
    line(out, "domain", "1");
    line(out, "receive_time", when);
    line(out, "serial", source.serial);
    line(out, "seqno", std::to_string(entry.sequence));
    line(out, "actionflags", "0x0");
    line(out, "is-logging-service", "no");
    line(out, "type", row == rows.end() ? std::string_view{} : row->printed);
    line(out, "subtype", entry.subtype);
    line(out, "config_ver", "0");
    const std::string* generated = entry.find("time_generated");
    line(out, "time_generated", generated == nullptr ? when : *generated);
    // Recorded config logs name the device before their own fields, recorded traffic logs after them.
    const bool device_first = type == "config" || type == "system";
    const auto device = [&out, &source] {
        for (const char level : {'1', '2', '3', '4'}) {
            line(out, fmt::format("dg_hier_level_{}", level), "0");
        }
        line(out, "device_name", source.device_name);
    };
    if (device_first) {
        device();
    }
    for (const auto& [name, value] : entry.fields) {
        if (name != "time_generated") {
            line(out, name, value);
        }
    }
    if (!device_first) {
        device();
    }
    return out + "      </entry>\n";
}

}  // namespace sim::panos
