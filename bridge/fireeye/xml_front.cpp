#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bridge/fireeye/byte_scan.hpp"
#include "bridge/fireeye/clean_text.hpp"
#include "bridge/fireeye/front_end.hpp"

// A lexer of its own rather than a DOM: of an extended notification 99 % is sandbox diary, which a DOM would build
// (at several times its size) only to be thrown away.

namespace bridge::fireeye {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum NamePart : std::uint8_t { no_part = 0, inner_part = 1, first_part = 2 };

constexpr std::array<std::uint8_t, 256> make_name_parts() {
    std::array<std::uint8_t, 256> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool letter = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') || i == '_' || i == ':' || i >= 0x80;
        const bool inner = letter || (i >= '0' && i <= '9') || i == '-' || i == '.';
        parts[i] = static_cast<std::uint8_t>((letter ? first_part : no_part) | (inner ? inner_part : no_part));
    }
    return parts;
}

constexpr auto name_parts = make_name_parts();

bool starts_name(char c) {
    return (name_parts[static_cast<unsigned char>(c)] & first_part) != 0;
}

bool continues_name(char c) {
    return (name_parts[static_cast<unsigned char>(c)] & inner_part) != 0;
}

bool is_all_blank(std::string_view text) {
    return trimmed(text).empty();
}

void append_utf8(std::string& out, std::uint32_t code) {
    const bool illegal = code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF);
    if (illegal) {
        code = 0xFFFD;
    }
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0U | (code >> 6U));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0U | (code >> 12U));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | (code >> 18U));
        out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    }
}

class XmlLexer {
public:
    explicit XmlLexer(std::string_view body) : body_(body) { open_.reserve(usual_depth); }

    tl::expected<FieldTree, SyntaxError> read() {
        while (at_ < body_.size()) {
            const bool fine = body_[at_] == '<' ? markup() : characters();
            if (!fine) {
                return tl::unexpected<SyntaxError>(std::move(error_));
            }
        }
        if (!open_.empty()) {
            fail(at_, fmt::format("the body ends inside <{}>", clean_text(open_.back().name, 64)));
        } else if (!seen_root_) {
            fail(at_, "no element");
        }
        if (!error_.what.empty()) {
            return tl::unexpected<SyntaxError>(std::move(error_));
        }
        return std::move(tree_);
    }

private:
    static constexpr std::size_t usual_depth = 16;

    struct Open {
        std::string_view name;  // as written, prefix included: what the end tag must repeat
        FieldTree::Index field;
        std::string_view text;   // the first piece
        bool in_pieces = false;  // then all pieces are the last of `joined_`
    };

    bool fail(std::size_t where, std::string what) {
        error_ = SyntaxError{where, std::move(what)};
        return false;
    }

    bool starts_with(std::string_view token) const { return body_.substr(at_, token.size()) == token; }

    bool characters() {
        const std::size_t start = at_;
        at_ = find_stop<'<', '&'>(body_, at_);
        const bool has_references = at_ < body_.size() && body_[at_] == '&';
        if (has_references) {
            at_ = find_stop<'<'>(body_, at_);
        }
        const std::string_view raw = body_.substr(start, at_ - start);
        if (open_.empty()) {
            return is_all_blank(raw) || fail(start, "text outside of the root element");
        }
        if (open_.back().text.empty() && !open_.back().in_pieces && is_all_blank(raw)) {
            return true;
        }
        const std::optional<std::string_view> text = has_references ? decoded(raw, start) : raw;
        if (text) {
            add_text(*text);
        }
        return text.has_value();
    }

    void add_text(std::string_view piece) {
        Open& open = open_.back();
        if (open.in_pieces) {
            joined_.back() += piece;
        } else if (open.text.empty()) {
            open.text = piece;
        } else {
            open.in_pieces = true;
            joined_.emplace_back(open.text) += piece;
        }
    }

    /// Resolves the five predefined entities and character references.
    std::optional<std::string_view> decoded(std::string_view raw, std::size_t offset) {
        std::size_t ampersand = raw.find('&');
        if (ampersand == std::string_view::npos) {
            return raw;
        }
        std::string out;
        std::size_t done = 0;
        while (ampersand != std::string_view::npos) {
            out += raw.substr(done, ampersand - done);
            // The longest reference that means anything is "&#1114111;" or a predefined name.
            constexpr std::size_t reference_size_max = 34;
            const auto semicolon = raw.substr(ampersand, reference_size_max).find(';');
            const std::string_view inner =
                semicolon == std::string_view::npos ? std::string_view() : raw.substr(ampersand + 1, semicolon - 1);
            if (const auto code = character_reference(inner)) {
                append_utf8(out, *code);
                done = ampersand + semicolon + 1;
            } else if (const char predefined = predefined_entity(inner); predefined != '\0') {
                out += predefined;
                done = ampersand + semicolon + 1;
            } else if (is_name(inner)) {
                fail(offset + ampersand,
                     fmt::format("entity &{}; is not one of the five predefined ones; entities are refused",
                                 clean_text(inner)));
                return std::nullopt;
            } else {
                out += '&';
                done = ampersand + 1;
            }
            ampersand = raw.find('&', done);
        }
        out += raw.substr(done);
        return tree_.keep(std::move(out));
    }

    static bool is_name(std::string_view text) {
        if (text.empty() || !starts_name(text.front())) {
            return false;
        }
        for (const char c : text) {
            if (!continues_name(c)) {
                return false;
            }
        }
        return true;
    }

    static char predefined_entity(std::string_view name) {
        struct Entity {
            std::string_view name;
            char character;
        };
        constexpr std::array entities = {Entity{"lt", '<'}, Entity{"gt", '>'}, Entity{"amp", '&'}, Entity{"quot", '"'},
                                         Entity{"apos", '\''}};
        for (const Entity& entity : entities) {
            if (entity.name == name) {
                return entity.character;
            }
        }
        return '\0';
    }

    static std::optional<std::uint32_t> character_reference(std::string_view inner) {
        if (inner.size() < 2 || inner.front() != '#') {
            return std::nullopt;
        }
        inner.remove_prefix(1);
        int base = 10;
        if (inner.front() == 'x') {
            inner.remove_prefix(1);
            base = 16;
        }
        std::uint32_t code = 0;
        const char* const end = inner.data() + inner.size();
        const auto [stopped, error] = std::from_chars(inner.data(), end, code, base);
        if (stopped != end || inner.empty()) {
            return std::nullopt;
        }
        return error == std::errc() ? code : 0xFFFD;
    }

    bool markup() {
        switch (at_ + 1 < body_.size() ? body_[at_ + 1] : '\0') {
            case '/':
                return end_tag();
            case '?':
                return pass("?>", "a processing instruction is not closed");
            case '!':
                break;
            default:
                return start_tag();
        }
        if (starts_with("<!--")) {
            return pass("-->", "a comment is not closed");
        }
        if (starts_with("<![CDATA[")) {
            return cdata();
        }
        return fail(at_, "a DTD (<!DOCTYPE, <!ENTITY) is refused");
    }

    /// Moves behind a construct that ends in `closing`; its opening is at least two characters long.
    bool pass(std::string_view closing, std::string_view otherwise) {
        const std::size_t opening_size = closing == "-->" ? 4 : 2;
        const auto end = body_.find(closing, at_ + opening_size);
        if (end == std::string_view::npos) {
            return fail(at_, std::string(otherwise));
        }
        at_ = end + closing.size();
        return true;
    }

    bool cdata() {
        constexpr std::string_view opening = "<![CDATA[";
        const auto end = body_.find("]]>", at_ + opening.size());
        if (end == std::string_view::npos) {
            return fail(at_, "a CDATA section is not closed");
        }
        if (open_.empty()) {
            return fail(at_, "text outside of the root element");
        }
        add_text(body_.substr(at_ + opening.size(), end - at_ - opening.size()));
        at_ = end + 3;
        return true;
    }

    std::string_view take_name() {
        const std::size_t start = at_;
        if (at_ < body_.size() && starts_name(body_[at_])) {
            while (at_ < body_.size() && continues_name(body_[at_])) {
                ++at_;
            }
        }
        return body_.substr(start, at_ - start);
    }

    void pass_blanks() {
        while (at_ < body_.size() && is_blank(body_[at_])) {
            ++at_;
        }
    }

    bool end_tag() {
        // Nearly every end tag repeats the open element's name, with the '>' at once.
        if (!open_.empty()) {
            const std::string_view due = open_.back().name;
            const std::size_t end = at_ + 2 + due.size();
            if (end < body_.size() && body_[end] == '>' && body_.substr(at_ + 2, due.size()) == due) {
                at_ = end + 1;
                close();
                return true;
            }
        }
        const std::size_t start = at_;
        at_ += 2;
        const std::string_view name = take_name();
        pass_blanks();
        if (at_ >= body_.size() || body_[at_] != '>') {
            return fail(start, "a broken end tag");
        }
        ++at_;
        if (open_.empty()) {
            return fail(start, fmt::format("end tag </{}> without a start tag", clean_text(name, 64)));
        }
        if (open_.back().name != name) {
            return fail(start, fmt::format("end tag </{}> where </{}> is due", clean_text(name, 64),
                                           clean_text(open_.back().name, 64)));
        }
        close();
        return true;
    }

    void close() {
        const Open& open = open_.back();
        if (open.in_pieces) {
            tree_.set_text(open.field, tree_.keep(std::move(joined_.back())));
            joined_.pop_back();
        } else {
            tree_.set_text(open.field, open.text);
        }
        open_.pop_back();
    }

    bool start_tag() {
        const std::size_t start = at_;
        ++at_;
        const std::string_view name = take_name();
        if (name.empty()) {
            return fail(start, "'<' that starts no tag");
        }
        const Name folded = name_of_key(name);
        if (open_.empty()) {
            if (seen_root_) {
                return fail(start, "a second root element");
            }
            seen_root_ = true;
            if (folded != Name::alerts && folded != Name::alert) {
                return fail(start, fmt::format("root element <{}> where a FireEye notification has <alerts>",
                                               clean_text(name, 64)));
            }
            tree_.saw_alerts = true;
        } else if (folded == Name::unknown) {
            return skip_element(start, name);
        }
        if (open_.size() >= FieldTree::depth_max) {
            return fail(start, fmt::format("nested more than {} deep", FieldTree::depth_max));
        }
        const auto parent = open_.empty() ? FieldTree::root_index : open_.back().field;
        const auto field = tree_.add(parent, folded);
        if (field == FieldTree::none) {
            return fail(start, fmt::format("more than {} fields", FieldTree::fields_max));
        }
        tree_.mark_structure(field);
        open_.push_back(Open{name, field, {}, false});
        return attributes(start);
    }

    /// The rest of a start tag, from behind its name.
    bool attributes(std::size_t tag_start) {
        while (true) {
            pass_blanks();
            if (at_ >= body_.size()) {
                return fail(tag_start, "the body ends inside a tag");
            }
            if (body_[at_] == '>') {
                ++at_;
                return true;
            }
            if (starts_with("/>")) {
                at_ += 2;
                close();
                return true;
            }
            if (!attribute()) {
                return false;
            }
        }
    }

    bool attribute() {
        const std::size_t start = at_;
        const std::string_view name = take_name();
        pass_blanks();
        if (name.empty() || at_ >= body_.size() || body_[at_] != '=') {
            return fail(start, "a broken attribute");
        }
        ++at_;
        pass_blanks();
        const char quote = at_ < body_.size() ? body_[at_] : '\0';
        if (quote != '"' && quote != '\'') {
            return fail(start, fmt::format("attribute {} without a quoted value", clean_text(name, 64)));
        }
        ++at_;
        const std::size_t offset = at_;
        bool has_references = false;
        while (true) {
            at_ = quote == '"' ? find_stop<'"', '<', '&'>(body_, at_) : find_stop<'\'', '<', '&'>(body_, at_);
            if (at_ >= body_.size()) {
                return fail(start, fmt::format("the value of attribute {} is not closed", clean_text(name, 64)));
            }
            if (body_[at_] == quote) {
                break;
            }
            if (body_[at_] == '<') {
                return fail(start, fmt::format("'<' in the value of attribute {}", clean_text(name, 64)));
            }
            has_references = true;
            ++at_;
        }
        const std::string_view raw = body_.substr(offset, at_ - offset);
        ++at_;
        const Name folded = name_of_key(name);
        if (folded == Name::unknown) {
            return true;
        }
        const std::optional<std::string_view> value = has_references ? decoded(raw, offset) : raw;
        if (!value) {
            return false;
        }
        const auto field = tree_.add(open_.back().field, folded);
        if (field == FieldTree::none) {
            return fail(start, fmt::format("more than {} fields", FieldTree::fields_max));
        }
        tree_.set_text(field, *value);
        return true;
    }

    /// Moves behind the '>' of a tag, over quoted values; `empty` tells whether it was "/>".
    bool pass_tag(std::size_t tag_start, bool& empty) {
        while (at_ < body_.size()) {
            const char c = body_[at_];
            if (c == '>') {
                empty = body_[at_ - 1] == '/';
                ++at_;
                return true;
            }
            if (c == '<') {
                return fail(at_, "'<' inside a tag");
            }
            if (c == '"' || c == '\'') {
                const auto end = body_.find(c, at_ + 1);
                if (end == std::string_view::npos) {
                    break;
                }
                at_ = end;
            }
            ++at_;
        }
        return fail(tag_start, "the body ends inside a tag");
    }

    /// Passes an element that does not matter with all that is below it, counting tags only.
    bool skip_element(std::size_t start, std::string_view name) {
        bool empty = false;
        if (!pass_tag(start, empty)) {
            return false;
        }
        std::size_t depth = empty ? 0 : 1;
        while (depth > 0) {
            at_ = find_stop<'<'>(body_, at_);
            if (at_ >= body_.size()) {
                return fail(start, fmt::format("<{}> is not closed", clean_text(name, 64)));
            }
            const char next = at_ + 1 < body_.size() ? body_[at_ + 1] : '\0';
            if (next == '/') {
                if (depth == 1) {
                    return closing_tag_of_skipped(name);
                }
                --depth;
                at_ += 2;
                if (!pass_tag(at_ - 2, empty)) {
                    return false;
                }
            } else if (next == '!' || next == '?') {
                if (!pass_declaration_in_skipped()) {
                    return false;
                }
            } else {
                const std::size_t tag_start = at_;
                ++at_;
                if (!starts_name(next)) {
                    return fail(tag_start, "'<' that starts no tag");
                }
                if (!pass_tag(tag_start, empty)) {
                    return false;
                }
                depth += empty ? 0U : 1U;
            }
        }
        return true;
    }

    bool closing_tag_of_skipped(std::string_view due) {
        const std::size_t start = at_;
        at_ += 2;
        const std::string_view name = take_name();
        pass_blanks();
        if (at_ >= body_.size() || body_[at_] != '>' || name != due) {
            return fail(start,
                        fmt::format("end tag </{}> where </{}> is due", clean_text(name, 64), clean_text(due, 64)));
        }
        ++at_;
        return true;
    }

    bool pass_declaration_in_skipped() {
        if (starts_with("<!--")) {
            return pass("-->", "a comment is not closed");
        }
        if (starts_with("<?")) {
            return pass("?>", "a processing instruction is not closed");
        }
        if (starts_with("<![CDATA[")) {
            const auto end = body_.find("]]>", at_);
            if (end == std::string_view::npos) {
                return fail(at_, "a CDATA section is not closed");
            }
            at_ = end + 3;
            return true;
        }
        return fail(at_, "a DTD (<!DOCTYPE, <!ENTITY) is refused");
    }

    std::string_view body_;
    std::size_t at_ = 0;
    FieldTree tree_;
    std::vector<Open> open_;
    std::vector<std::string> joined_;  // of open elements whose text came in pieces, the innermost last
    bool seen_root_ = false;
    SyntaxError error_;
};

}  // namespace

tl::expected<FieldTree, SyntaxError> read_xml(std::string_view body) {
    return XmlLexer(body).read();
}

}  // namespace bridge::fireeye
