#include "sim/soak/judge/journal_check.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using sim::load::Sent;
using Texts = std::vector<std::string>;

namespace {

/// Alerts by the status that answered them last; 0: none did.
std::vector<Sent> answered(const std::vector<unsigned>& statuses) {
    std::vector<Sent> sent;
    for (const unsigned status : statuses) {
        sent.emplace_back().status = status;
    }
    return sent;
}

Texts found(const std::vector<std::uint8_t>& journal, const std::vector<unsigned>& statuses) {
    Texts all;
    check_journal(journal, answered(statuses),
                  [&all](std::size_t i, const std::string& text) { all.push_back(std::to_string(i) + " " + text); });
    return all;
}

}  // namespace

TEST_CASE("a journal that has each acknowledged alert once is right, whatever it has of the others") {
    CHECK(found({1, 1, 0, 0, 1}, {200, 200, 0, 503, 0}).empty());
}

TEST_CASE("an acknowledged alert that is missing is told by its place") {
    CHECK(found({1, 0}, {200, 200}) == Texts{"1 is in the journal 0 times"});
}

TEST_CASE("an alert that is there twice is told, acknowledged or not, and sent or not") {
    CHECK(found({2, 2, 3}, {200, 0}) ==
          Texts{"0 is in the journal 2 times", "1 is in the journal 2 times", "2 is in the journal 3 times"});
}
