#include "sim/panos/tree/difference_text.hpp"

#include <fmt/format.h>

#include "sim/panos/tree/xml.hpp"
#include "sim/panos/tree/xpath.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t bytes_max = 1U << 20U;

class Telling {
public:
    std::string out;

    void compare(const NodePtr& before, const NodePtr& after) {
        if (before == after || full()) {
            return;
        }
        const NodePtr& some = before ? before : after;
        way_.push_back(Step{some->tag(), std::string(some->identity())});
        const bool same_shell =
            before && after && before->value() == after->value() && before->attributes() == after->attributes();
        if (same_shell) {
            Children::differences(before->children(), after->children(),
                                  [this](const NodePtr& was, const NodePtr& is) { compare(was, is); });
        } else {
            out += fmt::format("@@ {} @@\n", to_text(way_));
            tell('-', before);
            tell('+', after);
        }
        way_.pop_back();
    }

    bool full() const { return out.size() > bytes_max; }

private:
    Way way_;

    void tell(char sign, const NodePtr& node) {
        if (!node) {
            return;
        }
        std::string text;
        Layout layout;
        layout.marks = false;
        layout.depth = 0;
        print(text, *node, layout);
        for (std::size_t at = 0; at < text.size() && !full();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            out += sign;
            out += text.substr(at, end - at) + '\n';
            at = end + 1;
        }
    }
};

}  // namespace

std::string difference_text(const NodePtr& before, const NodePtr& after) {
    Telling telling;
    telling.compare(before, after);
    if (telling.full()) {
        telling.out += "@@ and more @@\n";
    }
    return telling.out;
}

}  // namespace sim::panos
