#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "bridge/operate/audit/audit_sink.hpp"

namespace bridge::operate {

namespace {

class AuditFile final : public AuditSink {
public:
    explicit AuditFile(std::string path) : path_(std::move(path)) {}
    ~AuditFile() override { reopen(); }
    AuditFile(const AuditFile&) = delete;
    AuditFile& operator=(const AuditFile&) = delete;

    std::string name() const override { return "file"; }

    void reopen() override {
        if (file_ >= 0) {
            ::close(std::exchange(file_, -1));
        }
    }

    tl::expected<void, std::string> deliver(const AuditEvent& event) override {
        if (file_ < 0) {
            file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP);
            if (file_ < 0) {
                return failed();
            }
        }
        const std::string line = json_line(event) + '\n';
        struct stat before {};
        const bool known = ::fstat(file_, &before) == 0 && S_ISREG(before.st_mode);
        const ssize_t written = ::write(file_, line.data(), line.size());
        if (written == static_cast<ssize_t>(line.size())) {
            return {};
        }
        if (written >= 0) {
            errno = ENOSPC;  // a regular file takes less only for want of room
        }
        auto failure = failed();
        // Half a line is no JSON: it goes, and the whole is written again.
        if (written > 0 && known && ::ftruncate(file_, before.st_size) != 0) {
            failure = failed();
        }
        return failure;
    }

private:
    tl::expected<void, std::string> failed() const {
        return tl::unexpected(fmt::format("{}: {}", path_, std::generic_category().message(errno)));
    }

    std::string path_;
    int file_ = -1;
};

}  // namespace

std::unique_ptr<AuditSink> make_audit_file(std::string path) {
    return std::make_unique<AuditFile>(std::move(path));
}

}  // namespace bridge::operate
