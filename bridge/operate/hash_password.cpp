#include "bridge/operate/hash_password.hpp"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>

#include "bridge/domain/value/secret.hpp"
#include "bridge/intake/gate.hpp"
#include "bridge/intake/password_hash.hpp"

namespace bridge::operate {

using domain::Secret;

namespace {

/// Typed letters are not shown while this lives.
class NoEcho {
public:
    NoEcho() : changed_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = changed_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~NoEcho() {
        if (changed_) {
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        }
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    termios before_{};
    bool changed_;
};

std::optional<Secret> read_line() {
    std::string line;
    if (!std::getline(std::cin, line)) {
        return std::nullopt;
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    return Secret(std::move(line));
}

std::optional<Secret> ask(const char* prompt, std::ostream& err) {
    const NoEcho quiet;
    err << prompt << std::flush;
    auto line = read_line();
    err << '\n';
    return line;
}

}  // namespace

int hash_password(std::ostream& out, std::ostream& err) {
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    const auto password = terminal ? ask("password: ", err) : read_line();
    if (!password || password->empty()) {
        err << "no password on standard input\n";
        return 1;
    }
    if (password->reveal().size() > intake::password_characters_max) {
        err << fmt::format("the password is longer than {} characters\n", intake::password_characters_max);
        return 1;
    }
    if (terminal) {
        const auto again = ask("once more: ", err);
        if (!again || !intake::equal_in_constant_time(again->reveal(), password->reveal())) {
            err << "the two are not the same\n";
            return 1;
        }
    }
    const auto hash = intake::PasswordHash::of(*password);
    if (!hash) {
        err << hash.error() << '\n';
        return 1;
    }
    out << hash->line() << '\n';
    return 0;
}

}  // namespace bridge::operate
