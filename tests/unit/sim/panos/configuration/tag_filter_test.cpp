#include "sim/panos/configuration/tag_filter.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <set>

using namespace sim::panos;

namespace {

bool matches(const std::string& filter, const std::set<std::string, std::less<>>& tags) {
    const auto read = TagFilter::parse(filter);
    INFO(filter << ": " << (read ? "" : read.error()));
    REQUIRE(read.has_value());
    return read->matches([&tags](std::string_view tag) { return tags.contains(tag); });
}

// An expression as a tree, evaluated in the most obvious way, and written with more or less than the needed
// parentheses.
struct Expression {
    enum class Kind { tag, negation, conjunction, disjunction } kind = Kind::tag;
    std::string tag;
    std::unique_ptr<Expression> left;
    std::unique_ptr<Expression> right;

    bool holds(const std::set<std::string, std::less<>>& tags) const {
        switch (kind) {
            case Kind::tag:
                return tags.contains(tag);
            case Kind::negation:
                return !left->holds(tags);
            case Kind::conjunction:
                return left->holds(tags) && right->holds(tags);
            case Kind::disjunction:
                return left->holds(tags) || right->holds(tags);
        }
        return false;
    }
};

struct Writer {
    std::mt19937 random;

    std::size_t below(std::size_t n) { return random() % n; }

    std::unique_ptr<Expression> make(std::size_t depth) {
        auto made = std::make_unique<Expression>();
        const std::size_t what = depth == 0 ? 0 : below(4);
        made->kind = static_cast<Expression::Kind>(what);
        if (what == 0) {
            made->tag = std::vector<std::string>{"a", "b", "seen today", "and", "not-it", "x'y"}[below(6)];
            return made;
        }
        made->left = make(depth - 1);
        if (what > 1) {
            made->right = make(depth - 1);
        }
        return made;
    }

    std::string blank() { return std::vector<std::string>{" ", "  ", "\t", " \n "}[below(4)]; }

    std::string quoted(const std::string& tag) {
        const bool bare = tag == "a" || tag == "b" || tag == "not-it";
        if (bare && below(2) == 0) {
            return tag;
        }
        const char quote = tag.find('\'') != std::string::npos || below(2) == 0 ? '"' : '\'';
        return quote + tag + quote;
    }

    // `binding`: how close what stands around it binds, 0 for nothing to 3 for `not`
    std::string write(const Expression& expression, int binding) {
        std::string text;
        int own = 3;
        if (expression.kind == Expression::Kind::tag) {
            text = quoted(expression.tag);
            own = 4;
        } else if (expression.kind == Expression::Kind::negation) {
            text = std::vector<std::string>{"not", "NOT"}[below(2)] + blank() + write(*expression.left, 3);
        } else {
            own = expression.kind == Expression::Kind::conjunction ? 2 : 1;
            text = write(*expression.left, own) + blank() + (own == 2 ? "and" : "or") + blank() +
                   write(*expression.right, own + 1);
        }
        return own < binding || below(4) == 0 ? "(" + text + ")" : text;
    }
};

}  // namespace

TEST_CASE("filters are read as clients write them", "[sim][panos][tags]") {
    CHECK(matches("'malicious'", {"malicious"}));
    CHECK_FALSE(matches("'malicious'", {"Malicious"}));
    CHECK(matches("malicious", {"malicious"}));
    CHECK(matches("\"infected\" or 'risky'", {"risky"}));
    CHECK(matches("'a' and ('b' or 'c') and not 'd'", {"a", "c"}));
    CHECK_FALSE(matches("'a' and ('b' or 'c') and not 'd'", {"a", "c", "d"}));
    CHECK(matches("'or' or 'and'", {"or"}));
    CHECK(matches("'a' OR 'b'", {"b"}));
}

TEST_CASE("not binds closest, then and, then or", "[sim][panos][tags]") {
    CHECK(matches("a or b and c", {"a"}));
    CHECK_FALSE(matches("(a or b) and c", {"a"}));
    CHECK(matches("not a and b", {"b"}));
    CHECK_FALSE(matches("not (a or b)", {"b"}));
    CHECK(matches("not not a", {"a"}));
}

TEST_CASE("a filter that can't be read says what is missing and where", "[sim][panos][tags]") {
    for (const auto& [filter, why] :
         std::vector<std::pair<std::string, std::string>>{{"", "a tag is missing at character 1"},
                                                          {"'a' and", "a tag is missing"},
                                                          {"'a' 'b'", "'and' or 'or' is missing at character 5"},
                                                          {"('a'", "')' is missing"},
                                                          {"'a')", "'and' or 'or' is missing"},
                                                          {"'a", "a quote is not closed"},
                                                          {"and 'a'", "a tag is missing at character 1"},
                                                          {std::string(500, '('), "nested too deeply"},
                                                          {std::string(2048, 'a'), "longer than 2047"}}) {
        INFO(filter);
        const auto read = TagFilter::parse(filter);
        REQUIRE_FALSE(read.has_value());
        CHECK_THAT(read.error(), Catch::Contains(why));
    }
}

TEST_CASE("any expression, however it is written, is what it says", "[sim][panos][tags][property]") {
    const std::vector<std::string> all{"a", "b", "seen today", "and", "not-it", "x'y"};
    for (unsigned seed = 0; seed < 400; ++seed) {
        Writer writer{std::mt19937(seed)};
        const auto expression = writer.make(1 + writer.below(5));
        const std::string text = writer.write(*expression, 0);
        if (text.size() > 2000) {
            continue;
        }
        for (std::size_t bits = 0; bits < 64; ++bits) {
            std::set<std::string, std::less<>> tags;
            for (std::size_t i = 0; i < all.size(); ++i) {
                if ((bits >> i & 1U) != 0) {
                    tags.insert(all[i]);
                }
            }
            if (matches(text, tags) != expression->holds(tags)) {
                FAIL("seed " << seed << ", tags " << bits << ": " << text);
            }
        }
    }
}
