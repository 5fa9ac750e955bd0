#include "bridge/operate/journal.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "bridge/domain/value/printable.hpp"

namespace bridge::operate {

namespace {

constexpr std::size_t line_characters_max = 2000;

/// As syslog(3) has them.
int priority_of(engine::Happening::Kind kind) {
    switch (kind) {
        case engine::Happening::Kind::detail:
            return 7;
        case engine::Happening::Kind::news:
            return 6;
        case engine::Happening::Kind::warning:
            return 4;
        case engine::Happening::Kind::audit:
            return 5;
    }
    return 6;
}

}  // namespace

bool stderr_is_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat there {};
    return stream != nullptr && ::fstat(STDERR_FILENO, &there) == 0 &&
           fmt::format("{}:{}", there.st_dev, there.st_ino) == stream;
}

std::vector<std::string> journal_fields(const engine::Happening& happening) {
    const std::string text = domain::printable(happening.text, line_characters_max);
    return {fmt::format("MESSAGE={}: {}", happening.subject, text),
            fmt::format("PRIORITY={}", priority_of(happening.kind)), "SYSLOG_IDENTIFIER=firebreak-bridge",
            fmt::format("FIREBREAK_KIND={}", name_of(happening.kind)),
            fmt::format("FIREBREAK_SUBJECT={}", happening.subject)};
}

bool send_to_journal(const std::vector<std::string>& fields) {
    std::vector<iovec> pieces;
    pieces.reserve(fields.size());
    for (const std::string& field : fields) {
        // The interface is C's, and only reads.
        pieces.push_back({const_cast<char*>(field.data()), field.size()});
    }
    return ::sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) == 0;
}

}  // namespace bridge::operate
