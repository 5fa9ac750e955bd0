#include "bridge/operate/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/domain/value/printable.hpp"
#include "bridge/operate/journal.hpp"

namespace bridge::operate {

namespace {

constexpr std::size_t line_characters_max = 2000;

LogLevel level_of(engine::Happening::Kind kind) {
    switch (kind) {
        case engine::Happening::Kind::detail:
            return LogLevel::debug;
        case engine::Happening::Kind::warning:
            return LogLevel::warning;
        case engine::Happening::Kind::news:
            return LogLevel::info;
        case engine::Happening::Kind::audit:
            return LogLevel::error;  // what was blocked and why is never filtered out
    }
    return LogLevel::info;
}

}  // namespace

struct Log::Sink {
    Sink() : logger("bridge", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
        logger.set_level(spdlog::level::trace);
    }

    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    bool journal = stderr_is_journal();
    spdlog::logger logger;
};

Log::Log(LogLevel level, LogFormat format) : sink_(std::make_unique<Sink>()) {
    set(level, format);
}

Log::~Log() = default;

void Log::set(LogLevel level, LogFormat format) {
    sink_->level = level;
    sink_->format = format;
    sink_->logger.set_pattern(
        format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %v",
        spdlog::pattern_time_type::utc);
}

void Log::write(const engine::Happening& happening) {
    if (level_of(happening.kind) < sink_->level) {
        return;
    }
    if (sink_->format == LogFormat::text && sink_->journal && send_to_journal(journal_fields(happening))) {
        return;
    }
    const std::string text = domain::printable(happening.text, line_characters_max);
    if (sink_->format == LogFormat::text) {
        sink_->logger.info("{} {}: {}", name_of(happening.kind), happening.subject, text);
        return;
    }
    boost::json::object row;
    row["level"] = name_of(happening.kind);
    row["subject"] = happening.subject;
    row["text"] = text;
    const std::string whole = boost::json::serialize(row);
    sink_->logger.info("{}", std::string_view(whole).substr(1, whole.size() - 2));
}

}  // namespace bridge::operate
