#include "bridge/panos/text_mender.hpp"

#include <algorithm>

namespace bridge::panos {

namespace {

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte < 0x80) || c == '\n' || c == '\t' || c == '\r' || c == '\0';
}

}  // namespace

std::string_view TextMender::mend(std::string_view piece) {
    const auto* odd = std::find_if_not(piece.begin(), piece.end(), is_plain);
    if (more_ == 0 && odd == piece.end()) {
        return piece;
    }
    mended_.clear();
    for (const char c : piece) {
        const auto byte = static_cast<unsigned char>(c);
        if (more_ > 0 && (byte < least_ || byte > most_)) {
            give_up();
        }
        if (more_ == 0) {
            begin(byte);
            continue;
        }
        open_ += c;
        least_ = 0x80;
        most_ = 0xBF;
        if (--more_ > 0) {
            continue;
        }
        if (open_ == "\xEF\xBF\xBE" || open_ == "\xEF\xBF\xBF") {  // U+FFFE and U+FFFF are no characters
            give_up();
        }
        mended_ += open_;
        open_.clear();
    }
    return mended_;
}

/// RFC 3629, section 4.
void TextMender::begin(unsigned char byte) {
    const char c = static_cast<char>(byte);
    if (is_plain(c)) {
        mended_ += c;
        return;
    }
    if (byte < 0x20) {
        mended_ += ' ';
        return;
    }
    if (byte < 0xC2 || byte > 0xF4) {
        mended_ += '?';
        return;
    }
    more_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    open_ = c;
}

void TextMender::give_up() {
    mended_.append(open_.size(), '?');
    open_.clear();
    more_ = 0;
}

}  // namespace bridge::panos
