#include "markup/escaped.hpp"

namespace markup {

std::string as_it_is(char control) {
    return {control};
}

std::string escaped(std::string_view text, OfControl of_control) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += of_control(c);
                } else {
                    out += c;
                }
        }
    }
    return out;
}

}  // namespace markup
