#include "yaml/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

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
                    const std::size_t length = path_.size();
                    path_ += fmt::format("[{}]", node.items.size());
                    node.items.push_back(copy(item, depth + 1));
                    path_.resize(length);
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
        std::map<std::string, int> lines;
        for (const auto& pair : from) {
            const Mark mark = mark_of(pair.first.Mark());
            if (!pair.first.IsScalar()) {
                throw Refused{mark, "a key must be a plain text"};
            }
            std::string key = pair.first.Scalar();
            const std::size_t length = path_.size();
            path_ += path_.empty() ? key : "." + key;
            if (const auto [first, added] = lines.emplace(key, mark.line); !added) {
                throw Refused{mark, fmt::format("{}: is given twice, for the first time in line {}; one of the two is "
                                                "to go",
                                                path_, first->second)};
            }
            Node value = copy(pair.second, depth + 1);
            node.entries.push_back(Entry{std::move(key), mark, std::move(value)});
            path_.resize(length);
        }
    }

    std::size_t nodes_ = 0;
    std::string path_;  // of the value that is being copied
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
        const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
        for (std::size_t i = 1; i < documents.size(); ++i) {
            if (!documents[i].IsNull()) {
                throw Refused{mark_of(documents[i].Mark()),
                              "a second document begins before here, and a file has one: take out the line `---` or "
                              "`...`"};
            }
        }
        return Copier{}.copy(documents.empty() ? YAML::Node() : documents.front(), 0);
    } catch (const YAML::Exception& error) {
        const Mark mark = mark_of(error.mark);
        return tl::unexpected(fmt::format("{}:{}:{}: {}", file, mark.line, mark.column, error.msg));
    } catch (const Refused& refused) {
        return tl::unexpected(fmt::format("{}:{}:{}: {}", file, refused.mark.line, refused.mark.column, refused.why));
    }
}

tl::expected<Node, std::string> load(const std::string& path) {
    std::error_code ignored;  // what cannot be looked at cannot be opened, either
    if (std::filesystem::is_directory(path, ignored)) {
        return tl::unexpected(fmt::format("{}: is a directory; give the path of a file", path));
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return tl::unexpected(fmt::format("{}: cannot be read; is the name right, and may this user read it?", path));
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return parse(text, path);
}

}  // namespace yaml
