#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>

#include "bridge/fireeye/front_end.hpp"

namespace bridge::fireeye {

namespace {

namespace json = boost::json;

std::string_view view_of(json::string_view text) {
    return {text.data(), text.size()};
}

bool is_rest_key(std::string_view key) {
    constexpr std::array<std::string_view, 12> keys = {"alertUrl",   "alertsCount",  "Alerts",          "applianceId",
                                                       "attackTime", "cncServices",  "malwareDetected", "osChanges",
                                                       "scVersion",  "smtpMailFrom", "smtpMessage",     "smtpTo"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// What Boost.JSON's parser calls. A value goes under the frame's field, with the name of the key before it (in an
/// array: the array's own name); a value whose name is unknown is only counted through.
class Folder {
public:
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    Folder(FieldTree& tree, std::string_view body, bool& full) : tree_(&tree), body_(body), full_(&full) {}

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }

    bool on_object_begin(json::error_code& error) {
        if (skipping()) {
            ++skipped_depth_;
            return true;
        }
        if (frames_.empty()) {
            frames_.push_back(Frame{FieldTree::root_index, Name::unknown, false});
            return true;
        }
        const auto field = add(error);
        if (field == FieldTree::none) {
            return false;
        }
        tree_->mark_structure(field);
        frames_.push_back(Frame{field, Name::unknown, false});
        return true;
    }

    bool on_object_end(std::size_t, json::error_code&) { return leave(); }

    bool on_array_begin(json::error_code&) {
        if (skipping()) {
            ++skipped_depth_;
        } else if (frames_.empty()) {
            frames_.push_back(Frame{FieldTree::root_index, Name::alerts, true});
        } else {
            frames_.push_back(Frame{frames_.back().field, frames_.back().next, true});
        }
        return true;
    }

    bool on_array_end(std::size_t, json::error_code&) { return leave(); }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        if (skipped_depth_ == 0) {
            pieces_ += view_of(part);
        }
        return true;
    }

    bool on_key(json::string_view last, std::size_t, json::error_code&) {
        if (skipped_depth_ > 0) {
            return true;
        }
        std::string_view key = view_of(last);
        if (!pieces_.empty()) {
            pieces_ += key;
            key = pieces_;
        }
        tree_->saw_legacy_key = tree_->saw_legacy_key || (!key.empty() && key.front() == '@');
        tree_->saw_rest_key = tree_->saw_rest_key || is_rest_key(key);
        const Name name = name_of_key(key);
        frames_.back().next = name;
        // An unwrapped alert is known by its explanation: `name` alone is anyone's.
        tree_->saw_alerts =
            tree_->saw_alerts || name == Name::alert || name == Name::alerts || name == Name::explanation;
        pieces_.clear();
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        if (!skipping()) {
            pieces_ += view_of(part);
        }
        return true;
    }

    bool on_string(json::string_view last, std::size_t, json::error_code& error) { return text(view_of(last), error); }

    bool on_number_part(json::string_view part, json::error_code& error) {
        return on_string_part(part, part.size(), error);
    }
    bool on_int64(std::int64_t, json::string_view last, json::error_code& error) { return text(view_of(last), error); }
    bool on_uint64(std::uint64_t, json::string_view last, json::error_code& error) {
        return text(view_of(last), error);
    }
    bool on_double(double, json::string_view last, json::error_code& error) { return text(view_of(last), error); }
    bool on_bool(bool value, json::error_code& error) { return text(value ? "true" : "false", error); }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    struct Frame {
        FieldTree::Index field;
        Name next;  // of the next value; fixed in an array
        bool array;
    };

    bool skipping() const { return skipped_depth_ > 0 || (!frames_.empty() && frames_.back().next == Name::unknown); }

    bool leave() {
        if (skipped_depth_ > 0) {
            --skipped_depth_;
        } else {
            frames_.pop_back();
        }
        return true;
    }

    FieldTree::Index add(json::error_code& error) {
        const auto field = tree_->add(frames_.back().field, frames_.back().next);
        if (field == FieldTree::none) {
            *full_ = true;
            error = json::error::array_too_large;
        }
        return field;
    }

    bool text(std::string_view last, json::error_code& error) {
        if (skipping() || frames_.empty()) {
            pieces_.clear();
            return true;
        }
        const auto field = add(error);
        if (field == FieldTree::none) {
            return false;
        }
        tree_->set_text(field, pieces_.empty() ? lasting(last) : tree_->keep(pieces_ + std::string(last)));
        pieces_.clear();
        return true;
    }

    /// A string without escapes comes as a view into the body; anything else lives in the parser's buffer.
    std::string_view lasting(std::string_view text) {
        const std::less_equal<const char*> not_after;
        const bool in_body =
            not_after(body_.data(), text.data()) && not_after(text.data() + text.size(), body_.data() + body_.size());
        return in_body || text.empty() ? text : tree_->keep(std::string(text));
    }

    FieldTree* tree_;
    std::string_view body_;
    bool* full_;
    std::vector<Frame> frames_;
    std::size_t skipped_depth_ = 0;
    std::string pieces_;
};

enum class Grammar { strict, lenient };

tl::expected<FieldTree, SyntaxError> parse(FieldTree tree, std::string_view body, Grammar grammar) {
    json::parse_options options;
    options.allow_trailing_commas = grammar == Grammar::lenient;
    options.max_depth = FieldTree::depth_max;
    options.allow_invalid_utf8 = true;
    bool full = false;
    json::basic_parser<Folder> parser(options, tree, body, full);
    json::error_code error;
    const std::size_t used = parser.write_some(false, body.data(), body.size(), error);
    if (full) {
        return tl::unexpected<SyntaxError>(
            SyntaxError{used, fmt::format("more than {} fields", FieldTree::fields_max)});
    }
    if (error) {
        return tl::unexpected<SyntaxError>(SyntaxError{used, error.message()});
    }
    if (!trimmed(body.substr(used)).empty()) {
        return tl::unexpected<SyntaxError>(SyntaxError{used, "text after the document"});
    }
    return tree;
}

bool is_four_hex(std::string_view text) {
    return text.size() >= 4 && text.substr(0, 4).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// The code unit of "\\uXXXX" at `at`, or 0 when there is no such thing.
std::uint16_t code_unit_at(std::string_view body, std::size_t at) {
    std::uint16_t unit = 0;
    if (body.substr(at, 2) == "\\u" && is_four_hex(body.substr(at + 2))) {
        std::from_chars(body.data() + at + 2, body.data() + at + 6, unit, 16);
    }
    return unit;
}

bool is_high_surrogate(std::uint16_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_low_surrogate(std::uint16_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// Where the plain part of a string ends: at its quote, an escape or a control character.
std::size_t end_of_plain(std::string_view body, std::size_t at) {
    while (at < body.size() && body[at] != '"' && body[at] != '\\' && static_cast<unsigned char>(body[at]) >= 0x20) {
        ++at;
    }
    return at;
}

/// The body with what is wrong in its strings written right; what is right is copied in long pieces.
class Mending {
public:
    explicit Mending(std::string_view body) : body_(body) {}

    void control(std::size_t at) {
        const auto c = static_cast<unsigned char>(body_[at]);
        if (c == '\n' || c == '\r' || c == '\t') {
            replace(at, 1, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
            return;
        }
        replace(at, 1, c < 0x10 ? "\\u000" : "\\u001");
        out_ += "0123456789abcdef"[c & 0x0FU];
    }

    /// At a backslash; gives the place behind the escape.
    std::size_t escape(std::size_t at) {
        constexpr std::string_view escapable = "\"\\/bfnrtu";
        const char next = at + 1 < body_.size() ? body_[at + 1] : '\0';
        const bool broken = next == '\0' || escapable.find(next) == std::string_view::npos ||
                            (next == 'u' && !is_four_hex(body_.substr(at + 2)));
        if (broken) {
            replace(at, 1, "\\\\");
            return at + 1;
        }
        const std::uint16_t unit = code_unit_at(body_, at);
        if (is_high_surrogate(unit) && is_low_surrogate(code_unit_at(body_, at + 6))) {
            return at + 12;
        }
        if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
            replace(at, 6, "\\ufffd");
            return at + 6;
        }
        return at + 2;
    }

    std::optional<std::string> result() && {
        if (done_ == 0) {
            return std::nullopt;
        }
        out_ += body_.substr(done_);
        return std::move(out_);
    }

private:
    void replace(std::size_t at, std::size_t size, std::string_view by) {
        if (done_ == 0) {
            out_.reserve(body_.size() + body_.size() / 16);
        }
        out_ += body_.substr(done_, at - done_);
        out_ += by;
        done_ = at + size;
    }

    std::string_view body_;
    std::string out_;
    std::size_t done_ = 0;  // what `out_` stands for; 0: nothing was wrong so far
};

/// Appliances are known to send JSON that is not JSON: raw line ends in strings, and backslashes of `channel` that
/// were not doubled (reference §4.2, §8 no. 9); and a file's name may hold half of a surrogate pair. Gives nullopt when
/// there is nothing of the kind.
std::optional<std::string> repaired(std::string_view body) {
    Mending mending(body);
    bool in_string = false;
    std::size_t at = 0;
    while (true) {
        if (!in_string) {
            at = body.find('"', at);
            if (at == std::string_view::npos) {
                return std::move(mending).result();
            }
            ++at;
        }
        at = end_of_plain(body, at);
        if (at >= body.size()) {
            return std::move(mending).result();
        }
        in_string = body[at] != '"';
        if (!in_string) {
            ++at;
        } else if (body[at] == '\\') {
            at = mending.escape(at);
        } else {
            mending.control(at);
            ++at;
        }
    }
}

}  // namespace

tl::expected<FieldTree, SyntaxError> read_json(std::string_view body) {
    auto strict = parse(FieldTree(), body, Grammar::strict);
    if (strict) {
        return strict;
    }
    FieldTree tree;
    auto mended = repaired(body);
    const std::string_view second = mended ? tree.keep(std::move(*mended)) : body;
    auto lenient = parse(std::move(tree), second, Grammar::lenient);
    return lenient ? std::move(lenient) : std::move(strict);
}

}  // namespace bridge::fireeye
