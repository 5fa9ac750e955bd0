// Makes of a device's bytes what a strict XML parser takes as text: names and descriptions that people gave are passed
// on by devices as they are, and one stray byte among a hundred thousand objects must not cost the reading of all.
#pragma once

#include <string>
#include <string_view>

namespace bridge::panos {

/// Control characters that XML does not have become blanks, each byte that is no UTF-8 a '?'. A NUL stays, as no text
/// has one. For a text in pieces: what a piece leaves open, the next one ends.
class TextMender {
public:
    /// Valid until the next call, and as long as `piece` is.
    std::string_view mend(std::string_view piece);

private:
    void begin(unsigned char byte);
    void give_up();

    std::string mended_;
    std::string open_;   // a character that is not whole yet
    unsigned more_ = 0;  // how many bytes it lacks, and between what the next one must be
    unsigned char least_ = 0;
    unsigned char most_ = 0;
};

}  // namespace bridge::panos
