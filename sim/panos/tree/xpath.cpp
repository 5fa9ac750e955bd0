#include "sim/panos/tree/xpath.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>
#include <unordered_set>

namespace sim::panos {

namespace {
struct PathStep;
}

// What stands in a predicate: a truth, or something that has a value (texts of nodes, a literal, a number).
struct XPath::Expression {
    enum class Kind {
        any_of,
        all_of,
        negation,  // not(..)
        compare,   // parts[0] operation parts[1]
        contains,
        starts_with,
        ends_with,
        path,     // `operand`; true when it selects something
        literal,  // `text`
        number,   // `number`; true when it is the position
        position,
        last,       // last() - `number`
        count,      // count(path)
        name,       // name() of the node at hand
        length,     // string-length(..)
        normalize,  // normalize-space(..)
        truth       // true(), false(): `number`
    };
    Kind kind = Kind::path;
    std::vector<Expression> parts;
    std::shared_ptr<const Location> operand;
    std::string text;  // of a literal; the operation of a comparison: = != < <= > >=
    double number = 0;
};

namespace {

enum class Axis {
    child,
    descendant,
    descendant_or_self,
    self,
    parent,
    ancestor,
    ancestor_or_self,
    preceding_sibling,
    following_sibling,
    attribute,
    text
};

struct PathStep {
    Axis axis = Axis::child;
    std::string name;  // "*": any
    std::vector<XPath::Expression> predicates;
    // The first predicate lists these identities, alone or and-ed with more that has to be looked at.
    std::optional<std::vector<std::string>> names;
    bool only_names = false;  // the first predicate says nothing else
};

constexpr int depth_max = 32;
constexpr std::size_t length_max = 6'000'000;  // of a path: more than a request may have
constexpr std::size_t looks_max = 2'000'000;   // nodes that one selection may look at

// What is left of looks_max for the selection at hand. A selection runs from its beginning to its end on one thread.
thread_local std::size_t looks_left = 0;

bool look_at_one() noexcept {
    if (looks_left == 0) {
        return false;
    }
    --looks_left;
    return true;
}

}  // namespace

struct XPath::Location {
    bool absolute = false;
    std::vector<PathStep> steps;
};

namespace {

using Expression = XPath::Expression;
using Location = XPath::Location;
using Kind = XPath::Expression::Kind;

// ---- parsing --------------------------------------------------------------------------------------------------------

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    bool alternatives(std::vector<std::shared_ptr<const Location>>& out) {
        do {
            auto location = std::make_shared<Location>();
            if (!path(*location, 0)) {
                return false;
            }
            out.push_back(std::move(location));
            blanks();
        } while (take("|"));
        return at_ == text_.size() || fail("unexpected character");
    }

    const std::string& error() const { return error_; }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::string error_;

    bool fail(std::string_view why) {
        if (error_.empty()) {
            error_ = std::string(why) + " at character " + std::to_string(at_ + 1);
        }
        return false;
    }
    void blanks() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
            ++at_;
        }
    }
    bool peek(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
    bool take(std::string_view what) {
        if (!peek(what)) {
            return false;
        }
        at_ += what.size();
        return true;
    }
    static bool name_character(char c) {
        const auto u = static_cast<unsigned char>(c);
        return std::isalnum(u) != 0 || c == '-' || c == '_' || c == '.' || u >= 0x80;
    }
    bool keyword(std::string_view word) {
        blanks();
        if (peek(word) && (at_ + word.size() == text_.size() || !name_character(text_[at_ + word.size()]))) {
            at_ += word.size();
            return true;
        }
        return false;
    }
    std::string name() {
        const std::size_t from = at_;
        while (at_ < text_.size() && name_character(text_[at_])) {
            ++at_;
        }
        return std::string(text_.substr(from, at_ - from));
    }

    bool path(Location& out, int depth) {
        blanks();
        if (depth > depth_max) {
            return fail("nested too deep");
        }
        bool deep = false;
        if (take("//")) {
            out.absolute = true;
            deep = true;
        } else if (take("/")) {
            out.absolute = true;
        }
        for (;;) {
            if (deep) {
                PathStep anywhere;
                anywhere.axis = Axis::descendant_or_self;
                anywhere.name = "*";
                out.steps.push_back(std::move(anywhere));
            }
            if (!step(out, depth)) {
                return false;
            }
            if (take("//")) {
                deep = true;
            } else if (take("/")) {
                deep = false;
                if (at_ == text_.size()) {
                    return fail("a step is missing");
                }
            } else {
                return true;
            }
        }
    }

    bool step(Location& out, int depth) {
        PathStep made;
        if (take("..")) {
            made.axis = Axis::parent;
            made.name = "*";
        } else if (peek(".") && (at_ + 1 == text_.size() || !name_character(text_[at_ + 1]))) {
            ++at_;
            made.axis = Axis::self;
            made.name = "*";
        } else if (take("@")) {
            made.axis = Axis::attribute;
            made.name = take("*") ? "*" : name();
        } else {
            static constexpr std::pair<std::string_view, Axis> axes[] = {
                {"preceding-sibling::", Axis::preceding_sibling},
                {"following-sibling::", Axis::following_sibling},
                {"descendant-or-self::", Axis::descendant_or_self},
                {"descendant::", Axis::descendant},
                {"ancestor-or-self::", Axis::ancestor_or_self},
                {"ancestor::", Axis::ancestor},
                {"attribute::", Axis::attribute},
                {"parent::", Axis::parent},
                {"child::", Axis::child},
                {"self::", Axis::self}};
            for (const auto& [prefix, axis] : axes) {
                if (take(prefix)) {
                    made.axis = axis;
                    break;
                }
            }
            if (take("text()")) {
                made.axis = Axis::text;
            } else if (take("node()") || take("*")) {
                made.name = "*";
            } else {
                made.name = name();
            }
        }
        if (made.axis != Axis::text && made.name.empty()) {
            return fail("a name is missing");
        }
        blanks();
        while (take("[")) {
            Expression predicate;
            if (!any_of(predicate, depth + 1)) {
                return false;
            }
            blanks();
            if (!take("]")) {
                return fail("']' is missing");
            }
            made.predicates.push_back(std::move(predicate));
            blanks();
        }
        made.names = listed_names(made, made.only_names);
        out.steps.push_back(std::move(made));
        return true;
    }

    template <class Next>
    bool chain(Expression& out, Kind kind, std::string_view word, Next next) {
        Expression first;
        if (!next(first)) {
            return false;
        }
        if (!keyword(word)) {
            out = std::move(first);
            return true;
        }
        out.kind = kind;
        out.parts.push_back(std::move(first));
        do {
            out.parts.emplace_back();
            if (!next(out.parts.back())) {
                return false;
            }
        } while (keyword(word));
        return true;
    }

    bool any_of(Expression& out, int depth) {
        if (depth > depth_max) {
            return fail("nested too deep");
        }
        return chain(out, Kind::any_of, "or", [this, depth](Expression& part) { return all_of(part, depth); });
    }
    bool all_of(Expression& out, int depth) {
        return chain(out, Kind::all_of, "and", [this, depth](Expression& part) { return single(part, depth); });
    }

    // One truth: a value, or two that are compared.
    bool single(Expression& out, int depth) {
        Expression left;
        if (!value(left, depth)) {
            return false;
        }
        blanks();
        for (const std::string_view operation : {"!=", "<=", ">=", "=", "<", ">"}) {
            if (take(operation)) {
                out.kind = Kind::compare;
                out.text = operation;
                out.parts.push_back(std::move(left));
                out.parts.emplace_back();
                if (!value(out.parts.back(), depth)) {
                    return false;
                }
                // Two paths could be compared, but what looks like that is a name that lost its quotes.
                const bool both = out.parts[0].kind == Kind::path && out.parts[1].kind == Kind::path;
                return !both || fail("a quoted text is missing");
            }
        }
        out = std::move(left);
        return true;
    }

    bool value(Expression& out, int depth) {
        blanks();
        if (depth > depth_max) {
            return fail("nested too deep");
        }
        if (at_ == text_.size()) {
            return fail("a predicate is not complete");
        }
        if (take("(")) {
            return any_of(out, depth + 1) && closed();
        }
        if (text_[at_] == '\'' || text_[at_] == '"') {
            out.kind = Kind::literal;
            return literal(out.text);
        }
        if (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
            out.kind = Kind::number;
            return number(out.number);
        }
        struct Function {
            std::string_view name;
            Kind kind;
            int arguments;
        };
        static constexpr Function functions[] = {{"not", Kind::negation, 1},
                                                 {"contains", Kind::contains, 2},
                                                 {"starts-with", Kind::starts_with, 2},
                                                 {"ends-with", Kind::ends_with, 2},
                                                 {"position", Kind::position, 0},
                                                 {"last", Kind::last, 0},
                                                 {"count", Kind::count, 1},
                                                 {"name", Kind::name, 0},
                                                 {"local-name", Kind::name, 0},
                                                 {"string-length", Kind::length, 1},
                                                 {"normalize-space", Kind::normalize, 1},
                                                 {"true", Kind::truth, 0},
                                                 {"false", Kind::truth, 0}};
        for (const Function& function : functions) {
            if (!opens(function.name)) {
                continue;
            }
            out.kind = function.kind;
            out.number = function.name == "true" ? 1 : 0;
            for (int i = 0; i < function.arguments; ++i) {
                blanks();
                if (i > 0 && !take(",")) {
                    return fail("',' is missing");
                }
                out.parts.emplace_back();
                if (!(function.kind == Kind::negation ? any_of(out.parts.back(), depth + 1)
                                                      : value(out.parts.back(), depth + 1))) {
                    return false;
                }
            }
            return closed() && (out.kind != Kind::last || less(out.number));
        }
        auto operand = std::make_shared<Location>();
        if (!path(*operand, depth + 1)) {
            return false;
        }
        out.kind = Kind::path;
        out.operand = std::move(operand);
        return true;
    }

    // "NAME (": steps behind the parenthesis, or nowhere.
    bool opens(std::string_view name) {
        const std::size_t from = at_;
        if (take(name)) {
            blanks();
            if (take("(")) {
                return true;
            }
        }
        at_ = from;
        return false;
    }
    // last()-1
    bool less(double& by) {
        blanks();
        if (!take("-")) {
            return true;
        }
        blanks();
        return number(by);
    }
    bool closed() {
        blanks();
        return take(")") || fail("')' is missing");
    }
    bool number(double& out) {
        std::uint32_t read = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), read);
        if (error != std::errc{}) {
            return fail("a number is missing");
        }
        out = read;
        at_ = static_cast<std::size_t>(end - text_.data());
        return true;
    }
    bool literal(std::string& out) {
        blanks();
        if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) {
            return fail("a quoted text is missing");
        }
        const std::size_t end = text_.find(text_[at_], at_ + 1);
        if (end == std::string_view::npos) {
            return fail("a quote is not closed");
        }
        out = with_entities(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return true;
    }

    // Clients that put a path together as XML write `&amp;` for the ampersand of a name.
    static std::string with_entities(std::string_view text) {
        static constexpr std::pair<std::string_view, char> entities[] = {
            {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}};
        std::string out;
        while (!text.empty()) {
            std::size_t taken = 1;
            char c = text.front();
            for (const auto& [entity, character] : entities) {
                if (c == '&' && text.substr(0, entity.size()) == entity) {
                    c = character;
                    taken = entity.size();
                    break;
                }
            }
            out += c;
            text.remove_prefix(taken);
        }
        return out;
    }

    static const std::string* listed_name(const PathStep& step, const Expression& part) {
        if (part.kind != Kind::compare || part.text != "=") {
            return nullptr;
        }
        const bool turned = part.parts[0].kind == Kind::literal;
        const Expression& path = part.parts[turned ? 1 : 0];
        const Expression& text = part.parts[turned ? 0 : 1];
        if (path.kind != Kind::path || text.kind != Kind::literal || path.operand->absolute ||
            path.operand->steps.size() != 1) {
            return nullptr;
        }
        const PathStep& what = path.operand->steps.front();
        if (!what.predicates.empty()) {
            return nullptr;
        }
        const bool by_name = step.name == "entry" && what.axis == Axis::attribute && what.name == "name";
        const bool by_text = step.name == "member" && (what.axis == Axis::text || what.axis == Axis::self);
        return by_name || by_text ? &text.text : nullptr;
    }

    static bool lists(const PathStep& step, const Expression& predicate, std::vector<std::string>& names) {
        if (predicate.kind == Kind::any_of) {
            return std::all_of(predicate.parts.begin(), predicate.parts.end(),
                               [&](const Expression& part) { return lists(step, part, names); });
        }
        const std::string* const name = listed_name(step, predicate);
        if (name != nullptr) {
            names.push_back(*name);
        }
        return name != nullptr;
    }

    static std::optional<std::vector<std::string>> listed_names(const PathStep& step, bool& only) {
        only = false;
        if (step.axis != Axis::child || step.predicates.empty()) {
            return std::nullopt;
        }
        const Expression& predicate = step.predicates.front();
        std::vector<std::string> names;
        if (lists(step, predicate, names)) {
            only = true;
            return names;
        }
        if (predicate.kind == Kind::all_of) {
            for (const Expression& part : predicate.parts) {
                names.clear();
                if (lists(step, part, names)) {
                    return names;
                }
            }
        }
        return std::nullopt;
    }
};

// ---- selecting ------------------------------------------------------------------------------------------------------

struct Context {
    std::vector<LocatedPtr> nodes;
    Selection::Of of = Selection::Of::nodes;
    std::string attribute;
};

Context walk(const Location& location, LocatedPtr document, LocatedPtr from);

const std::string* attribute_of(const Node& node, std::string_view name) {
    if (name == "name" && node.is_entry()) {
        return &node.value();
    }
    for (const auto& [key, value] : node.attributes()) {
        if (key == name) {
            return &value;
        }
    }
    return nullptr;
}

LocatedPtr document_of(LocatedPtr at) {
    while (at->parent) {
        at = at->parent;
    }
    return at;
}

// Values of a path, each given to `test` until it says true.
bool some_value(const Location& operand, const LocatedPtr& at, const std::function<bool(std::string_view)>& test) {
    const PathStep& first = operand.steps.front();
    if (!operand.absolute && operand.steps.size() == 1 && first.predicates.empty()) {
        if (first.axis == Axis::attribute && first.name != "*") {
            const std::string* value = attribute_of(*at->node, first.name);
            return value != nullptr && test(*value);
        }
        if (first.axis == Axis::text || (first.axis == Axis::self && first.name == "*")) {
            const bool text = !at->node->is_entry() && (first.axis == Axis::self || !at->node->value().empty());
            return text && test(at->node->value());
        }
    }
    const Context found = walk(operand, document_of(at), at);
    return std::any_of(found.nodes.begin(), found.nodes.end(), [&](const LocatedPtr& each) {
        if (found.of == Selection::Of::attributes) {
            const std::string* value = attribute_of(*each->node, found.attribute);
            return found.attribute == "*" || (value != nullptr && test(*value));
        }
        return test(each->node->is_entry() ? std::string_view{} : std::string_view(each->node->value()));
    });
}

struct Position {
    std::size_t place = 1;
    std::size_t last = 1;
};

// A number for comparing, or nothing where the expression is none.
std::optional<double> number_of(const Expression& expression, const LocatedPtr& at, const Position& position);

// Calls `test` with each text that the expression has; a number has none.
bool some_text(const Expression& expression, const LocatedPtr& at, const std::function<bool(std::string_view)>& test) {
    switch (expression.kind) {
        case Kind::path:
            return some_value(*expression.operand, at, test);
        case Kind::literal:
            return test(expression.text);
        case Kind::name:
            return test(at->node->tag());
        case Kind::normalize:
            return some_text(expression.parts.front(), at, [&test](std::string_view text) {
                std::string tidy;
                for (const char c : text) {
                    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
                    if (!blank) {
                        tidy += c;
                    } else if (!tidy.empty() && tidy.back() != ' ') {
                        tidy += ' ';
                    }
                }
                while (!tidy.empty() && tidy.back() == ' ') {
                    tidy.pop_back();
                }
                return test(tidy);
            });
        default:
            return false;
    }
}

std::optional<double> number_of(const Expression& expression, const LocatedPtr& at, const Position& position) {
    switch (expression.kind) {
        case Kind::number:
            return expression.number;
        case Kind::position:
            return static_cast<double>(position.place);
        case Kind::last:
            return static_cast<double>(position.last) - expression.number;
        case Kind::count: {
            const Expression& what = expression.parts.front();
            if (what.kind != Kind::path) {
                return std::nullopt;
            }
            return static_cast<double>(walk(*what.operand, document_of(at), at).nodes.size());
        }
        case Kind::length: {
            std::optional<double> length;
            some_text(expression.parts.front(), at, [&length](std::string_view text) {
                length = static_cast<double>(text.size());
                return true;
            });
            return length.value_or(0);
        }
        default:
            return std::nullopt;
    }
}

template <class T>
bool compared(const T& left, std::string_view operation, const T& right) {
    if (operation == "=") {
        return left == right;
    }
    if (operation == "!=") {
        return left != right;
    }
    if (operation == "<") {
        return left < right;
    }
    if (operation == "<=") {
        return left <= right;
    }
    return operation == ">" ? left > right : left >= right;
}

std::optional<double> as_number(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return static_cast<double>(value);
}

// As XPath has it: true when some value of the one side stands so to some value of the other. Ordering is by number.
bool comparison_holds(const Expression& expression, const LocatedPtr& at, const Position& position) {
    const Expression& left = expression.parts[0];
    const Expression& right = expression.parts[1];
    const std::string_view operation = expression.text;
    const auto left_number = number_of(left, at, position);
    const auto right_number = number_of(right, at, position);
    if (left_number && right_number) {
        return compared(*left_number, operation, *right_number);
    }
    const bool numeric = left_number || right_number || (operation != "=" && operation != "!=");
    if (!numeric) {
        return some_text(left, at, [&](std::string_view one) {
            return some_text(right, at, [&](std::string_view other) { return compared(one, operation, other); });
        });
    }
    const auto some_number = [&](const Expression& side, const std::optional<double>& known,
                                 const std::function<bool(double)>& test) {
        return known ? test(*known) : some_text(side, at, [&test](std::string_view text) {
            const auto value = as_number(text);
            return value && test(*value);
        });
    };
    return some_number(left, left_number, [&](double one) {
        return some_number(right, right_number, [&](double other) { return compared(one, operation, other); });
    });
}

bool holds(const Expression& expression, const LocatedPtr& at, const Position& position) {
    const auto part_holds = [&](const Expression& part) { return holds(part, at, position); };
    const auto texts = [&](bool (*test)(std::string_view, std::string_view)) {
        return some_text(expression.parts[0], at, [&](std::string_view text) {
            return some_text(expression.parts[1], at, [&](std::string_view part) { return test(text, part); });
        });
    };
    switch (expression.kind) {
        case Kind::any_of:
            return std::any_of(expression.parts.begin(), expression.parts.end(), part_holds);
        case Kind::all_of:
            return std::all_of(expression.parts.begin(), expression.parts.end(), part_holds);
        case Kind::negation:
            return !part_holds(expression.parts.front());
        case Kind::compare:
            return comparison_holds(expression, at, position);
        case Kind::contains:
            return texts(
                [](std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; });
        case Kind::starts_with:
            return texts(
                [](std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; });
        case Kind::ends_with:
            return texts([](std::string_view text, std::string_view part) {
                return text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
            });
        case Kind::path:
            return some_value(*expression.operand, at, [](std::string_view) { return true; });
        case Kind::literal:
            return !expression.text.empty();
        case Kind::number:
            return static_cast<double>(position.place) == expression.number;
        case Kind::position:
            return true;
        case Kind::last:
            return static_cast<double>(position.place) == static_cast<double>(position.last) - expression.number;
        case Kind::count:
        case Kind::length:
            return number_of(expression, at, position).value_or(0) != 0;
        case Kind::name:
            return !at->node->tag().empty();
        case Kind::normalize:
            return some_text(expression, at, [](std::string_view text) { return !text.empty(); });
        case Kind::truth:
            return expression.number != 0;
    }
    return false;
}

bool named(const Node& node, const PathStep& step) {
    return step.name == "*" || node.tag() == step.name;
}

void descend(const LocatedPtr& at, const PathStep& step, std::vector<LocatedPtr>& out) {
    at->node->children().each([&](const Child& child) {
        if (!look_at_one()) {
            return false;
        }
        auto below = std::make_shared<const Located>(Located{child.node, at});
        if (named(*child.node, step)) {
            out.push_back(below);
        }
        descend(below, step, out);
        return true;
    });
}

// The nearest first, as positions on a sibling axis count. `most`: the predicate wants no later one.
void siblings(const LocatedPtr& at, const PathStep& step, std::size_t most, std::vector<LocatedPtr>& out) {
    if (!at->parent || !at->parent->node) {
        return;
    }
    const Children& all = at->parent->node->children();
    const bool forward = step.axis == Axis::following_sibling;
    const Child* next = all.find(at->node->tag(), at->node->identity());
    while (next != nullptr && out.size() < most && look_at_one()) {
        next = forward ? all.after(next->place) : all.before(next->place);
        if (next != nullptr && named(*next->node, step)) {
            out.push_back(std::make_shared<const Located>(Located{next->node, at->parent}));
        }
    }
}

void candidates(const LocatedPtr& at, const PathStep& step, std::size_t most, std::vector<LocatedPtr>& out) {
    switch (step.axis) {
        case Axis::child:
            if (step.name != "*" && step.name != "entry" && step.name != "member") {
                const Child* const only = look_at_one() ? at->node->children().find(step.name, {}) : nullptr;
                if (only != nullptr) {
                    out.push_back(std::make_shared<const Located>(Located{only->node, at}));
                }
                return;
            }
            at->node->children().each([&](const Child& child) {
                if (!look_at_one()) {
                    return false;
                }
                if (named(*child.node, step)) {
                    out.push_back(std::make_shared<const Located>(Located{child.node, at}));
                }
                return out.size() < most;
            });
            return;
        case Axis::descendant_or_self:
            if (named(*at->node, step)) {
                out.push_back(at);
            }
            descend(at, step, out);
            return;
        case Axis::descendant:
            descend(at, step, out);
            return;
        case Axis::self:
            if (named(*at->node, step)) {
                out.push_back(at);
            }
            return;
        case Axis::parent:
            if (at->parent && named(*at->parent->node, step)) {
                out.push_back(at->parent);
            }
            return;
        case Axis::ancestor:
        case Axis::ancestor_or_self:
            for (LocatedPtr up = step.axis == Axis::ancestor ? at->parent : at; up && look_at_one(); up = up->parent) {
                if (named(*up->node, step)) {
                    out.push_back(up);
                }
            }
            return;
        case Axis::preceding_sibling:
        case Axis::following_sibling:
            siblings(at, step, most, out);
            return;
        case Axis::attribute:
        case Axis::text:
            return;
    }
}

void listed(const LocatedPtr& at, const PathStep& step, std::vector<LocatedPtr>& out) {
    std::vector<const Child*> found;
    for (const std::string& name : *step.names) {
        if (const Child* child = at->node->children().find(step.name, name)) {
            found.push_back(child);
        }
    }
    std::sort(found.begin(), found.end(), [](const Child* a, const Child* b) { return a->place < b->place; });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const Child* child : found) {
        out.push_back(std::make_shared<const Located>(Located{child->node, at}));
    }
}

void take_step(const LocatedPtr& at, const PathStep& step, std::vector<LocatedPtr>& out) {
    std::vector<LocatedPtr> found;
    if (step.names) {
        listed(at, step, found);
    } else {
        std::size_t most = SIZE_MAX;
        if (!step.predicates.empty() && step.predicates.front().kind == Kind::number) {
            most = static_cast<std::size_t>(step.predicates.front().number);
        }
        candidates(at, step, most, found);
    }
    for (std::size_t i = step.only_names ? 1 : 0; i < step.predicates.size(); ++i) {
        std::vector<LocatedPtr> kept;
        for (std::size_t n = 0; n < found.size() && look_at_one(); ++n) {
            if (holds(step.predicates[i], found[n], Position{n + 1, found.size()})) {
                kept.push_back(found[n]);
            }
        }
        found = std::move(kept);
    }
    out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

// The document is a node without tag, whose only child is the root element.
Context walk(const Location& location, LocatedPtr document, LocatedPtr from) {
    Context context;
    context.nodes.push_back(location.absolute ? std::move(document) : std::move(from));
    for (const PathStep& step : location.steps) {
        if (step.axis == Axis::attribute) {
            context.of = Selection::Of::attributes;
            context.attribute = step.name;
            std::erase_if(context.nodes, [&](const LocatedPtr& at) {
                return step.name != "*" && attribute_of(*at->node, step.name) == nullptr;
            });
            return context;
        }
        if (step.axis == Axis::text) {
            context.of = Selection::Of::texts;
            std::erase_if(context.nodes,
                          [](const LocatedPtr& at) { return at->node->is_entry() || at->node->value().empty(); });
            return context;
        }
        std::vector<LocatedPtr> next;
        for (const LocatedPtr& at : context.nodes) {
            take_step(at, step, next);
        }
        context.nodes = std::move(next);
    }
    return context;
}

}  // namespace

Way way_to(const Located& located) {
    Way way;
    for (const Located* at = &located; at != nullptr && !at->node->tag().empty(); at = at->parent.get()) {
        way.push_back(Step{at->node->tag(), std::string(at->node->identity())});
    }
    std::reverse(way.begin(), way.end());
    return way;
}

std::string to_text(const Way& way) {
    std::string text;
    for (const Step& step : way) {
        text += '/' + step.tag;
        const char quote = step.identity.find('\'') == std::string::npos ? '\'' : '"';
        if (step.tag == "entry") {
            text += std::string("[@name=") + quote + step.identity + quote + ']';
        } else if (step.tag == "member") {
            text += std::string("[text()=") + quote + step.identity + quote + ']';
        }
    }
    return text;
}

std::optional<Way> spelled_way(std::string_view xpath) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto in_tag = [&is_letter](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    if (xpath.size() > length_max) {
        return std::nullopt;
    }
    Way way;
    way.reserve(10);
    while (!xpath.empty()) {
        if (xpath.size() < 2 || xpath.front() != '/' || !is_letter(xpath[1])) {
            return std::nullopt;
        }
        xpath.remove_prefix(1);
        const auto end = std::find_if_not(xpath.begin(), xpath.end(), in_tag);
        Step step{std::string(xpath.begin(), end), {}};
        xpath.remove_prefix(step.tag.size());
        if (step.tag == "entry" || step.tag == "member") {
            const std::string_view opening = step.tag == "entry" ? "[@name=" : "[text()=";
            if (xpath.substr(0, opening.size()) != opening || xpath.size() < opening.size() + 4) {
                return std::nullopt;
            }
            xpath.remove_prefix(opening.size());
            const char quote = xpath.front();
            const std::size_t close = quote == '\'' || quote == '"' ? xpath.find(quote, 1) : std::string_view::npos;
            if (close == std::string_view::npos || xpath.substr(close + 1, 1) != "]") {
                return std::nullopt;
            }
            step.identity = std::string(xpath.substr(1, close - 1));
            xpath.remove_prefix(close + 2);
        }
        way.push_back(std::move(step));
    }
    return way.empty() ? std::nullopt : std::optional(std::move(way));
}

tl::expected<XPath, std::string> XPath::parse(std::string_view text) {
    if (text.size() > length_max) {
        return tl::make_unexpected(std::string("it is too long"));
    }
    XPath path;
    Parser parser(text);
    if (!parser.alternatives(path.alternatives_)) {
        return tl::make_unexpected(parser.error());
    }
    return path;
}

bool XPath::absolute() const noexcept {
    return std::all_of(alternatives_.begin(), alternatives_.end(), [](const auto& each) { return each->absolute; });
}

bool XPath::begins_with(std::string_view first, std::string_view second) const noexcept {
    return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const auto& each) {
        return each->steps.size() > 1 && each->steps[0].name == first && each->steps[1].name == second;
    });
}

Selection XPath::select(const NodePtr& root) const {
    looks_left = looks_max;
    auto top = std::make_shared<Node>("", "");
    top->children().put(root, 0);
    const auto document = std::make_shared<const Located>(Located{std::move(top), nullptr});
    const auto element = std::make_shared<const Located>(Located{root, document});
    Selection selection;
    struct Hash {
        std::size_t operator()(const std::pair<const Node*, const Node*>& key) const noexcept {
            return std::hash<const Node*>{}(key.first) * 31U + std::hash<const Node*>{}(key.second);
        }
    };
    std::unordered_set<std::pair<const Node*, const Node*>, Hash> seen;  // two places may share a node
    for (const auto& alternative : alternatives_) {
        const bool from_config = !alternative->steps.empty() && alternative->steps.front().name == root->tag();
        Context found = walk(*alternative, document, from_config ? document : element);
        selection.of = found.of;
        selection.attribute = found.attribute;
        for (LocatedPtr& at : found.nodes) {
            if (!at->node->tag().empty() && seen.emplace(at->node.get(), at->parent->node.get()).second) {
                selection.nodes.push_back(std::move(at));
            }
        }
    }
    selection.too_much = looks_left == 0;
    return selection;
}

tl::expected<Way, std::string> XPath::way(const NodePtr& root) const {
    if (alternatives_.size() != 1) {
        return tl::make_unexpected(std::string("it names more than one node"));
    }
    const Location& location = *alternatives_.front();
    if (!location.absolute) {
        return tl::make_unexpected(std::string("it does not begin with /"));
    }
    auto top = std::make_shared<Node>("", "");
    top->children().put(root, 0);
    auto at = std::make_shared<const Located>(Located{std::move(top), nullptr});
    Way way;
    for (const PathStep& step : location.steps) {
        if (step.axis != Axis::child || step.name == "*") {
            return tl::make_unexpected(std::string("it does not name one node"));
        }
        std::vector<LocatedPtr> found;
        if (at) {
            looks_left = 10'000;  // one more than one is as good as all
            take_step(at, step, found);
        }
        const bool keyed = step.name == "entry" || step.name == "member";
        if (keyed && step.only_names && step.predicates.size() == 1 && step.names->size() == 1) {
            way.push_back(Step{step.name, step.names->front()});
        } else if (!keyed && step.predicates.empty()) {
            way.push_back(Step{step.name, {}});
        } else if (found.size() == 1) {
            way.push_back(Step{step.name, std::string(found.front()->node->identity())});
        } else {
            return tl::make_unexpected(std::string("it does not name one node"));
        }
        at = found.size() == 1 ? found.front() : nullptr;
    }
    return way;
}

}  // namespace sim::panos
