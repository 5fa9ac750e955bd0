#include "sim/panos/tree/text_difference.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t bytes_max = 8U << 20U;

class Writer {
public:
    std::string out;

    bool full() const { return out.size() > bytes_max; }

    void compare(const Node& before, const Node& after, std::size_t depth) {
        if (full() || same_content(before, after)) {
            return;
        }
        if (before.children().empty() && after.children().empty()) {
            whole('-', before, depth);
            whole('+', after, depth);
            return;
        }
        line(' ', depth, head(after) + " {");
        before.children().each([&](const Child& child) {
            if (after.child(child.node->tag(), child.node->identity()) == nullptr) {
                whole('-', *child.node, depth + 1);
            }
            return !full();
        });
        after.children().each([&](const Child& child) {
            const Node* const was = before.child(child.node->tag(), child.node->identity());
            if (was == nullptr) {
                whole('+', *child.node, depth + 1);
            } else {
                compare(*was, *child.node, depth + 1);
            }
            return !full();
        });
        line(' ', depth, "}");
    }

private:
    static std::string head(const Node& node) {
        return node.is_entry() || node.tag() == "member" ? node.value() : node.tag();
    }

    void line(char sign, std::size_t depth, const std::string& text) {
        out += sign;
        out.append(2 * depth + 1, ' ');
        out += text;
        out += '\n';
    }

    void whole(char sign, const Node& node, std::size_t depth) {
        if (full()) {
            return;
        }
        if (node.children().empty()) {
            const bool named = node.is_entry() || node.tag() == "member";
            line(sign, depth, named || node.value().empty() ? head(node) + ';' : head(node) + ' ' + node.value() + ';');
            return;
        }
        line(sign, depth, head(node) + " {");
        node.children().each([&](const Child& child) {
            whole(sign, *child.node, depth + 1);
            return true;
        });
        line(sign, depth, "}");
    }
};

}  // namespace

std::string text_difference(const Node& before, const Node& after) {
    Writer writer;
    writer.compare(before, after, 0);
    if (writer.full()) {
        writer.out += "  ...\n";
    }
    return std::move(writer.out);
}

}  // namespace sim::panos
