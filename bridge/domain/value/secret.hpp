// A password or key that cannot be formatted, printed or compared by accident: whoever needs the text asks for it by
// name, and a reader of the code can search for who did. Its memory is overwritten when it goes.
#pragma once

#include <string.h>

#include <string>
#include <utility>

namespace bridge::domain {

class Secret {
public:
    Secret() = default;
    /// Takes the text; where it was handed over as a temporary, nothing of it stays there.
    explicit Secret(std::string&& text) : text_(std::move(text)) { wipe(text); }
    explicit Secret(const std::string& text) : text_(text) {}
    explicit Secret(const char* text) : text_(text) {}
    ~Secret() { wipe(text_); }

    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    Secret& operator=(Secret other) noexcept {
        text_.swap(other.text_);  // what was here goes with `other`, overwritten
        return *this;
    }

    bool empty() const noexcept { return text_.empty(); }
    const std::string& reveal() const noexcept { return text_; }

    /// Overwrites a text that held a secret, and empties it.
    static void wipe(std::string& text) noexcept {
        text.resize(text.capacity());  // a short text that was moved from has left its letters behind its end
        explicit_bzero(text.data(), text.size());
        text.clear();
    }

private:
    std::string text_;
};

}  // namespace bridge::domain
