// The match expression of a dynamic address group: tags joined by and, or, not and parentheses. `not` binds closest,
// then `and`, then `or` (assumed: Palo Alto Networks says nothing of it).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sim::panos {

class TagFilter {
public:
    using HasTag = std::function<bool(std::string_view)>;

    /// "'malicious' and ('seen-today' or not 'internal')". Tags stand in single or double quotes, or bare when they
    /// hold no blank, quote or parenthesis. Errors say what is wrong and where.
    static tl::expected<TagFilter, std::string> parse(std::string_view text);

    /// Whether something with these tags is a member.
    bool matches(const HasTag& has) const;

    /// The tags that it names, as often as it names them.
    std::vector<std::string> tags() const;

private:
    enum class Kind { tag, negation, conjunction, disjunction };
    struct Step {
        Kind kind = Kind::tag;
        std::string tag;
    };
    std::vector<Step> steps_;  // operands before their operator

    friend class TagFilterReader;
};

}  // namespace sim::panos
