#include "sim/panos/xpath.hpp"

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

// What stands in a predicate.
struct XPath::Expression {
    enum class Kind { any_of, all_of, negation, equal, unequal, contains, starts_with, exists, position, last };
    Kind kind = Kind::exists;
    std::vector<Expression> parts;            // any_of, all_of, negation
    std::shared_ptr<const Location> operand;  // the others: a path from the node
    std::string literal;
    std::size_t number = 0;
};

namespace {

enum class Axis { child, descendant, self, parent, preceding_sibling, following_sibling, attribute, text };

struct PathStep {
    Axis axis = Axis::child;
    std::string name;  // "*": any
    std::vector<XPath::Expression> predicates;
    std::optional<std::vector<std::string>> names;  // the only predicate lists these identities
};

constexpr int depth_max = 32;
constexpr std::size_t located_max = 5'000'000;

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
                anywhere.axis = Axis::descendant;
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
                {"descendant::", Axis::descendant},
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
        made.names = listed_names(made);
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

    bool single(Expression& out, int depth) {
        blanks();
        if (take("(")) {
            return any_of(out, depth + 1) && closed();
        }
        if (take("not(")) {
            out.kind = Kind::negation;
            out.parts.emplace_back();
            return any_of(out.parts.back(), depth + 1) && closed();
        }
        if (take("contains(")) {
            return function(out, Kind::contains, depth);
        }
        if (take("starts-with(")) {
            return function(out, Kind::starts_with, depth);
        }
        if (take("last()")) {
            out.kind = Kind::last;
            return true;
        }
        if (take("position()")) {
            blanks();
            if (!take("=")) {
                return fail("'=' is missing");
            }
            blanks();
            if (take("last()")) {
                out.kind = Kind::last;
                return true;
            }
            return number(out);
        }
        if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
            return number(out);
        }
        auto operand = std::make_shared<Location>();
        if (!path(*operand, depth + 1)) {
            return false;
        }
        out.operand = std::move(operand);
        blanks();
        if (take("!=")) {
            out.kind = Kind::unequal;
        } else if (take("=")) {
            out.kind = Kind::equal;
        } else {
            out.kind = Kind::exists;
            return true;
        }
        return literal(out.literal);
    }

    bool function(Expression& out, Kind kind, int depth) {
        out.kind = kind;
        auto operand = std::make_shared<Location>();
        if (!path(*operand, depth + 1)) {
            return false;
        }
        out.operand = std::move(operand);
        blanks();
        if (!take(",")) {
            return fail("',' is missing");
        }
        return literal(out.literal) && closed();
    }
    bool closed() {
        blanks();
        return take(")") || fail("')' is missing");
    }
    bool number(Expression& out) {
        out.kind = Kind::position;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), out.number);
        if (error != std::errc{}) {
            return fail("a number is missing");
        }
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
        out = std::string(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return true;
    }

    static const std::string* listed_name(const PathStep& step, const Expression& part) {
        if (part.kind != Kind::equal || part.operand->absolute || part.operand->steps.size() != 1) {
            return nullptr;
        }
        const PathStep& what = part.operand->steps.front();
        const bool by_name = step.name == "entry" && what.axis == Axis::attribute && what.name == "name";
        const bool by_text =
            step.name == "member" && (what.axis == Axis::text || what.axis == Axis::self) && what.predicates.empty();
        return by_name || by_text ? &part.literal : nullptr;
    }

    static std::optional<std::vector<std::string>> listed_names(const PathStep& step) {
        if (step.axis != Axis::child || step.predicates.size() != 1) {
            return std::nullopt;
        }
        const Expression& predicate = step.predicates.front();
        std::vector<std::string> names;
        if (predicate.kind == Kind::any_of) {
            for (const Expression& part : predicate.parts) {
                const std::string* name = listed_name(step, part);
                if (name == nullptr) {
                    return std::nullopt;
                }
                names.push_back(*name);
            }
        } else if (const std::string* name = listed_name(step, predicate)) {
            names.push_back(*name);
        } else {
            return std::nullopt;
        }
        return names;
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

// Values of an operand, each given to `test` until it says true.
bool some_value(const Location& operand, const LocatedPtr& at, const std::function<bool(std::string_view)>& test) {
    const PathStep& first = operand.steps.front();
    if (!operand.absolute && operand.steps.size() == 1 && first.predicates.empty()) {
        if (first.axis == Axis::attribute) {
            const std::string* value = attribute_of(*at->node, first.name);
            return value != nullptr && test(*value);
        }
        if (first.axis == Axis::text || first.axis == Axis::self) {
            return !at->node->is_entry() && test(at->node->value());
        }
    }
    const Context found = walk(operand, document_of(at), at);
    return std::any_of(found.nodes.begin(), found.nodes.end(), [&](const LocatedPtr& each) {
        if (found.of == Selection::Of::attributes) {
            const std::string* value = attribute_of(*each->node, found.attribute);
            return value != nullptr && test(*value);
        }
        return test(each->node->is_entry() ? std::string_view{} : std::string_view(each->node->value()));
    });
}

bool holds(const Expression& expression, const LocatedPtr& at, std::size_t position, std::size_t last) {
    const auto part_holds = [&](const Expression& part) { return holds(part, at, position, last); };
    switch (expression.kind) {
        case Kind::any_of:
            return std::any_of(expression.parts.begin(), expression.parts.end(), part_holds);
        case Kind::all_of:
            return std::all_of(expression.parts.begin(), expression.parts.end(), part_holds);
        case Kind::negation:
            return !part_holds(expression.parts.front());
        case Kind::equal:
            return some_value(*expression.operand, at, [&](std::string_view v) { return v == expression.literal; });
        case Kind::unequal:
            return some_value(*expression.operand, at, [&](std::string_view v) { return v != expression.literal; });
        case Kind::contains:
            return some_value(*expression.operand, at,
                              [&](std::string_view v) { return v.find(expression.literal) != std::string_view::npos; });
        case Kind::starts_with:
            return some_value(*expression.operand, at, [&](std::string_view v) {
                return v.substr(0, expression.literal.size()) == expression.literal;
            });
        case Kind::exists:
            return some_value(*expression.operand, at, [](std::string_view) { return true; });
        case Kind::position:
            return position == expression.number;
        case Kind::last:
            return position == last;
    }
    return false;
}

bool named(const Node& node, const PathStep& step) {
    return step.name == "*" || node.tag() == step.name;
}

void descend(const LocatedPtr& at, const PathStep& step, std::vector<LocatedPtr>& out) {
    at->node->children().each([&](const Child& child) {
        if (out.size() >= located_max) {
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

void siblings(const LocatedPtr& at, const PathStep& step, std::vector<LocatedPtr>& out) {
    if (!at->parent || !at->parent->node) {
        return;
    }
    bool after = false;
    std::vector<LocatedPtr> before;
    at->parent->node->children().each([&](const Child& child) {
        if (child.node == at->node) {
            after = true;
        } else if (named(*child.node, step) && after == (step.axis == Axis::following_sibling)) {
            before.push_back(std::make_shared<const Located>(Located{child.node, at->parent}));
        }
        return true;
    });
    if (step.axis == Axis::preceding_sibling) {
        std::reverse(before.begin(), before.end());  // nearest first, as positions on a reverse axis count
    }
    out.insert(out.end(), before.begin(), before.end());
}

void candidates(const LocatedPtr& at, const PathStep& step, std::vector<LocatedPtr>& out) {
    switch (step.axis) {
        case Axis::child:
            at->node->children().each([&](const Child& child) {
                if (named(*child.node, step)) {
                    out.push_back(std::make_shared<const Located>(Located{child.node, at}));
                }
                return out.size() < located_max;
            });
            return;
        case Axis::descendant:  // descendant or self, as `//` means it
            if (named(*at->node, step)) {
                out.push_back(at);
            }
            descend(at, step, out);
            return;
        case Axis::self:
            out.push_back(at);
            return;
        case Axis::parent:
            if (at->parent) {
                out.push_back(at->parent);
            }
            return;
        case Axis::preceding_sibling:
        case Axis::following_sibling:
            siblings(at, step, out);
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
    if (step.names) {
        listed(at, step, out);
        return;
    }
    std::vector<LocatedPtr> found;
    candidates(at, step, found);
    for (const Expression& predicate : step.predicates) {
        std::vector<LocatedPtr> kept;
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (holds(predicate, found[i], i + 1, found.size())) {
                kept.push_back(found[i]);
            }
        }
        found = std::move(kept);
    }
    out.insert(out.end(), found.begin(), found.end());
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

tl::expected<XPath, std::string> XPath::parse(std::string_view text) {
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

Selection XPath::select(const NodePtr& root) const {
    auto top = std::make_shared<Node>("", "");
    top->children().put(root, 0);
    const auto document = std::make_shared<const Located>(Located{std::move(top), nullptr});
    const auto element = std::make_shared<const Located>(Located{root, document});
    Selection selection;
    std::unordered_set<const Node*> seen;
    for (const auto& alternative : alternatives_) {
        const bool from_config = !alternative->steps.empty() && alternative->steps.front().name == root->tag();
        Context found = walk(*alternative, document, from_config ? document : element);
        selection.of = found.of;
        selection.attribute = found.attribute;
        for (LocatedPtr& at : found.nodes) {
            if (!at->node->tag().empty() && seen.insert(at->node.get()).second) {
                selection.nodes.push_back(std::move(at));
            }
        }
    }
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
            take_step(at, step, found);
        }
        const bool keyed = step.name == "entry" || step.name == "member";
        if (keyed && step.names && step.names->size() == 1) {
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
