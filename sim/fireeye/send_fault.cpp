#include "sim/fireeye/send_fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace sim::fireeye {

namespace {

using Error = tl::unexpected<std::string>;
using Kind = SendFault::Kind;

constexpr std::string_view forms =
    "cut:BYTES, slow:BYTES/s, slow:BYTES/PAUSE (as 100/250ms), chunked, bom, no-expect, wrong-password, "
    "content-type:TEXT, raw-newline";

struct Quantity {
    std::size_t value = 0;
    std::string_view unit;
};

std::optional<Quantity> quantity(std::string_view text) {
    Quantity out;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
    if (error != std::errc()) {
        return std::nullopt;
    }
    out.unit = text.substr(static_cast<std::size_t>(end - text.data()));
    return out;
}

std::optional<std::size_t> bytes_of(std::string_view text) {
    constexpr std::size_t bytes_max = 1UL << 40U;
    constexpr std::array<std::pair<std::string_view, std::size_t>, 4> units{
        {{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024UL * 1024}}};
    const auto given = quantity(text);
    if (!given || given->value > bytes_max) {
        return std::nullopt;
    }
    const auto* const unit =
        std::find_if(units.begin(), units.end(), [&](const auto& each) { return each.first == given->unit; });
    return unit == units.end() ? std::nullopt : std::optional(given->value * unit->second);
}

std::optional<std::chrono::milliseconds> pause_of(std::string_view text) {
    constexpr std::size_t pause_ms_max = 3'600'000;
    const auto given = quantity(text);
    if (!given || given->value > pause_ms_max || (given->unit != "ms" && given->unit != "s")) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(given->value * (given->unit == "s" ? 1000 : 1));
}

/// A rate becomes ten pieces a second, and of less than ten bytes a second one byte now and then.
SendFault slow(std::size_t bytes_per_s) {
    constexpr std::size_t pieces_per_s = 10;
    SendFault out;
    out.kind = Kind::slow_body;
    out.after_bytes = std::max<std::size_t>(1, bytes_per_s / pieces_per_s);
    out.pause = std::chrono::milliseconds(out.after_bytes * 1000 / bytes_per_s);
    return out;
}

std::optional<SendFault> slow_by(std::string_view amount) {
    const auto slash = amount.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto bytes = bytes_of(amount.substr(0, slash));
    const std::string_view time = amount.substr(slash + 1);
    if (!bytes || *bytes == 0) {
        return std::nullopt;
    }
    if (time == "s") {
        return slow(*bytes);
    }
    const auto pause = pause_of(time);
    if (!pause) {
        return std::nullopt;
    }
    SendFault out;
    out.kind = Kind::slow_body;
    out.after_bytes = *bytes;
    out.pause = *pause;
    return out;
}

std::optional<SendFault> fault_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Kind>, 5> plain{{{"chunked", Kind::chunked},
                                                                      {"bom", Kind::byte_order_mark},
                                                                      {"no-expect", Kind::no_expect},
                                                                      {"wrong-password", Kind::wrong_password},
                                                                      {"raw-newline", Kind::raw_newline}}};
    SendFault out;
    for (const auto& [name, kind] : plain) {
        if (text == name) {
            out.kind = kind;
            return out;
        }
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view name = text.substr(0, colon);
    const std::string_view amount = text.substr(colon + 1);
    if (name == "slow") {
        return slow_by(amount);
    }
    if (name == "cut") {
        const auto bytes = bytes_of(amount);
        out.kind = Kind::cut_body;
        out.after_bytes = bytes.value_or(0);
        return bytes ? std::optional(out) : std::nullopt;
    }
    const bool one_line = amount.find_first_of("\r\n") == std::string_view::npos;
    if (name == "content-type" && !amount.empty() && one_line) {
        out.kind = Kind::wrong_content_type;
        out.content_type = amount;
        return out;
    }
    return std::nullopt;
}

/// Turns each "\n" inside a JSON string into the byte that it stands for. In a body without one, the first blank inside
/// a string becomes a line end.
std::optional<std::string> with_raw_newlines(std::string_view body) {
    std::string out;
    std::optional<std::size_t> first_blank;
    bool in_string = false;
    bool changed = false;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const char c = body[i];
        if (in_string && c == '\\' && i + 1 < body.size()) {
            ++i;
            if (body[i] == 'n') {
                out += '\n';
                changed = true;
            } else {
                out += c;
                out += body[i];
            }
            continue;
        }
        if (c == '"') {
            in_string = !in_string;
        } else if (in_string && c == ' ' && !first_blank) {
            first_blank = out.size();
        }
        out += c;
    }
    if (!changed && first_blank) {
        out[*first_blank] = '\n';
    }
    return changed || first_blank ? std::optional(out) : std::nullopt;
}

}  // namespace

tl::expected<SendFault, std::string> parse_fault(std::string_view text) {
    auto fault = fault_of(text);
    if (!fault) {
        return Error(fmt::format("'{}' is not one of {}", text.substr(0, 80), forms));
    }
    return *std::move(fault);
}

tl::expected<std::string, std::string> body_with(const SendFault& fault, std::string_view body) {
    if (fault.kind == Kind::byte_order_mark) {
        return "\xEF\xBB\xBF" + std::string(body);
    }
    if (fault.kind != Kind::raw_newline) {
        return std::string(body);
    }
    const auto first = body.find_first_not_of(" \t\r\n");
    const bool is_json = first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
    auto changed = is_json ? with_raw_newlines(body) : std::nullopt;
    if (!changed) {
        return Error("raw-newline: the body has no JSON string that a line end fits into");
    }
    return *std::move(changed);
}

}  // namespace sim::fireeye
