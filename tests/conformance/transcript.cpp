#include "transcript.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

namespace conformance {
namespace {

constexpr const char* every_version[] = {"8.1", "9.0", "9.1", "10.0", "10.1", "10.2", "11.0", "11.1", "11.2"};

std::vector<std::string> words_of(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    return words;
}

class Reader {
public:
    explicit Reader(std::string path) : path_(std::move(path)) {}

    tl::expected<Transcript, std::string> read() {
        std::ifstream in(path_);
        if (!in) {
            return tl::unexpected(path_ + ": can't be read");
        }
        made_.versions.assign(std::begin(every_version), std::end(every_version));
        for (std::string line; error_.empty() && std::getline(in, line);) {
            ++line_;
            if (line.empty() || line[0] == '#') {
                continue;
            }
            if (line[0] == '@') {
                directive(line.substr(1));
            } else if (line[0] == ' ') {
                parameter(line.substr(line.find_first_not_of(' ')));
            } else {
                request(line);
            }
        }
        if (!error_.empty()) {
            return tl::unexpected(error_);
        }
        return std::move(made_);
    }

private:
    std::string path_;
    int line_ = 0;
    std::string error_;
    Transcript made_;
    std::string as_ = "admin";
    std::chrono::seconds waited_{0};

    void wrong(std::string_view what) { error_ = fmt::format("{}:{}: {}", path_, line_, what); }

    void directive(const std::string& text) {
        const auto words = words_of(text);
        if (words.size() > 1 && words[0] == "versions") {
            made_.versions.assign(words.begin() + 1, words.end());
        } else if (words.size() == 2 && words[0] == "model") {
            made_.model = words[1];
        } else if (words.size() == 2 && words[0] == "as") {
            as_ = words[1];
        } else if (words.size() == 2 && words[0] == "wait" && words[1].back() == 's') {
            int seconds = 0;
            std::from_chars(words[1].data(), words[1].data() + words[1].size() - 1, seconds);
            waited_ += std::chrono::seconds(seconds);
        } else {
            wrong("a directive is @versions V..., @model M, @as NAME or @wait Ns");
        }
    }

    void request(const std::string& line) {
        Request made;
        made.title = line;
        made.administrator = as_;
        made.waited_before = std::exchange(waited_, std::chrono::seconds(0));
        const std::string first = line.substr(0, line.find(' '));
        const std::string rest = first.size() == line.size() ? "" : line.substr(first.size() + 1);
        if (first == "GET" || first == "POST" || first == "PUT" || first == "DELETE") {
            made.method = first;
            made.target = rest;
        } else {
            made.parameters.emplace_back("type", first);
            const bool by_command = first == "op" || first == "user-id" || (first == "commit" && rest.starts_with("<"));
            if (by_command) {
                if (!rest.empty()) {
                    made.parameters.emplace_back("cmd", rest);
                }
            } else if (!rest.empty()) {
                made.parameters.emplace_back("action", rest);
            }
            made.with_key = first != "keygen";
        }
        made_.requests.push_back(std::move(made));
    }

    void parameter(const std::string& line) {
        const std::size_t colon = line.find(": ");
        if (made_.requests.empty() || colon == std::string::npos) {
            return wrong("an indented line is `name: value`, after a request");
        }
        Request& last = made_.requests.back();
        const std::string name = line.substr(0, colon);
        const std::string value = line.substr(colon + 2);
        if (name == "body") {
            last.body = value;
        } else if (name == "key") {
            last.with_key = false;
            last.parameters.emplace_back(name, value);
        } else {
            last.parameters.emplace_back(name, value);
        }
        last.title += fmt::format("\n  {}", line);
    }
};

}  // namespace

tl::expected<Transcript, std::string> read_transcript(const std::string& path) {
    return Reader(path).read();
}

}  // namespace conformance
