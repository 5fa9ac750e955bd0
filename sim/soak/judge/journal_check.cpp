#include "sim/soak/judge/journal_check.hpp"

#include <fmt/format.h>

namespace sim::soak {

void check_journal(const std::vector<std::uint8_t>& journal, const std::vector<load::Sent>& sent,
                   const std::function<void(std::size_t, std::string)>& told) {
    for (std::size_t i = 0; i < journal.size(); ++i) {
        const bool acknowledged = i < sent.size() && sent[i].acknowledged();
        if ((acknowledged && journal[i] != 1) || journal[i] > 1) {
            told(i, fmt::format("is in the journal {} times", journal[i]));
        }
    }
}

}  // namespace sim::soak
