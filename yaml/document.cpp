#include "yaml/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>
#include <set>

namespace yaml {

namespace {

constexpr int depth_max = 64;
constexpr std::size_t nodes_max = 100'000;

struct Refused {
    Mark mark;
    std::string why;
};

Mark mark_of(const YAML::Mark& mark) {
    return {.line = mark.line + 1, .column = mark.column + 1};
}

class Copier {
public:
    Node copy(const YAML::Node& from, int depth) {
        const Mark mark = mark_of(from.Mark());
        if (depth > depth_max) {
            throw Refused{mark, fmt::format("nested deeper than {}", depth_max)};
        }
        if (++nodes_ > nodes_max) {
            throw Refused{mark, fmt::format("more than {} values", nodes_max)};
        }
        Node node;
        node.mark = mark;
        switch (from.Type()) {
            case YAML::NodeType::Undefined:
            case YAML::NodeType::Null:
                break;
            case YAML::NodeType::Scalar:
                node.kind = Kind::scalar;
                node.text = from.Scalar();
                node.quoted = from.Tag() == "!";
                break;
            case YAML::NodeType::Sequence:
                node.kind = Kind::list;
                for (const auto& item : from) {
                    node.items.push_back(copy(item, depth + 1));
                }
                break;
            case YAML::NodeType::Map:
                node.kind = Kind::map;
                copy_entries(from, node, depth);
                break;
        }
        return node;
    }

private:
    void copy_entries(const YAML::Node& from, Node& node, int depth) {
        std::set<std::string> seen;
        for (const auto& pair : from) {
            const Mark mark = mark_of(pair.first.Mark());
            if (!pair.first.IsScalar()) {
                throw Refused{mark, "a key must be a plain text"};
            }
            std::string key = pair.first.Scalar();
            if (!seen.insert(key).second) {
                throw Refused{mark, fmt::format("key '{}' is given twice", key)};
            }
            Node value = copy(pair.second, depth + 1);
            node.entries.push_back(Entry{std::move(key), mark, std::move(value)});
        }
    }

    std::size_t nodes_ = 0;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

tl::expected<Node, std::string> parse(std::string_view text, std::string_view file) {
    try {
        const YAML::Node root = YAML::Load(std::string(text));
        return Copier{}.copy(root, 0);
    } catch (const YAML::Exception& error) {
        const Mark mark = mark_of(error.mark);
        return tl::unexpected(fmt::format("{}:{}:{}: {}", file, mark.line, mark.column, error.msg));
    } catch (const Refused& refused) {
        return tl::unexpected(fmt::format("{}:{}:{}: {}", file, refused.mark.line, refused.mark.column, refused.why));
    }
}

tl::expected<Node, std::string> load(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return tl::unexpected(fmt::format("{}: cannot be read; is the name right, and may this user read it?", path));
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return parse(text, path);
}

}  // namespace yaml
