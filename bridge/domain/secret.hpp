// A password or key that cannot be formatted, printed or compared by accident: whoever needs the text asks for it by
// name, and a reader of the code can search for who did.
#pragma once

#include <string>
#include <utility>

namespace bridge::domain {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    bool empty() const noexcept { return text_.empty(); }
    const std::string& reveal() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace bridge::domain
