#include "bridge/store/journal_rows.hpp"

namespace bridge::store {

SqliteResult<std::vector<JournalRow>> read_journal_rows(Statement& statement) {
    std::vector<JournalRow> rows;
    while (true) {
        const auto row = statement.step();
        if (!row) {
            return tl::unexpected(row.error());
        }
        if (!*row) {
            return rows;
        }
        rows.push_back({.number = static_cast<std::uint64_t>(statement.number(0)),
                        .entry = {.identity = statement.text(1),
                                  .appliance = statement.text(2),
                                  .type = statement.text(3),
                                  .alert_id = statement.text(4),
                                  .severity = statement.text(5),
                                  .decision = statement.text(6)},
                        .received = domain::WallTime(std::chrono::milliseconds(statement.number(7))),
                        .seen = static_cast<std::uint32_t>(statement.number(8))});
    }
}

}  // namespace bridge::store
