#include "sim/lab/real/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace sim::lab {

std::string Ending::text() const {
    return signal != 0 ? fmt::format("signal {}", signal) : fmt::format("exit code {}", exit_code);
}

namespace {

using Clock = std::chrono::steady_clock;

class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() { close(); }
    Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    int get() const noexcept { return fd_; }
    void close() {
        if (fd_ >= 0) {
            ::close(fd_);
            fd_ = -1;
        }
    }

private:
    int fd_ = -1;
};

struct Pipe {
    Fd read;
    Fd write;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

int milliseconds_until(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

/// Cuts a stream into lines; an endless one is cut at a bound.
class Lines {
public:
    template <class Take>
    void feed(const char* data, std::size_t size, const Take& take) {
        for (std::size_t i = 0; i < size; ++i) {
            if (data[i] == '\n' || rest_.size() >= line_bytes_max) {
                take(rest_);
                rest_.clear();
            }
            if (data[i] != '\n') {
                rest_ += data[i];
            }
        }
    }
    template <class Take>
    void end(const Take& take) {
        if (!rest_.empty()) {
            take(rest_);
        }
    }

private:
    static constexpr std::size_t line_bytes_max = 4096;
    std::string rest_;
};

class Child final : public ChildProcess {
public:
    ~Child() override {
        if (pid_ > 0) {
            kill();
        }
        join();
    }

    tl::expected<void, std::string> launch(Launch launch) {
        on_line_ = std::move(launch.on_line);
        program_ = launch.program;
        auto ready = make_pipe();
        auto output = make_pipe();
        if (!ready || !output) {
            return tl::unexpected(fmt::format("no pipe for {}: {}", program_, std::strerror(errno)));
        }
        // In the child the pipe has always the same number, so that the arguments are known before the fork.
        constexpr int ready_fd = 3;
        std::vector<std::string> arguments{launch.program};
        for (const std::string& argument : launch.arguments) {
            arguments.push_back(argument == "{ready}" ? std::to_string(ready_fd) : argument);
        }
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        std::vector<char*> environment;
        for (std::string& variable : launch.environment) {
            environment.push_back(variable.data());  // before the inherited ones: the first of a name counts
        }
        for (char** variable = environ; *variable != nullptr; ++variable) {
            environment.push_back(*variable);
        }
        environment.push_back(nullptr);

        const pid_t parent = getpid();
        pid_ = fork();
        if (pid_ < 0) {
            return tl::unexpected(fmt::format("cannot start {}: {}", program_, std::strerror(errno)));
        }
        if (pid_ == 0) {
            become(argv, environment, launch.directory, ready->write.get(), output->write.get(), ready_fd, parent);
        }
        ready->write.close();
        output->write.close();
        reader_ = std::thread([this, fd = std::move(output->read)] { hear(fd.get()); });
        return await_ready(ready->read.get(), launch.patience);
    }

    const std::string& ready_line() const override { return ready_line_; }
    int pid() const override { return pid_; }

    void send_signal(int number) override {
        if (pid_ > 0) {
            ::kill(pid_, number);
        }
    }

    void kill() override {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            reap();
        }
        join();
    }

    tl::expected<Ending, std::string> stop(std::chrono::milliseconds patience) override {
        if (pid_ <= 0) {
            return ending_;
        }
        ::kill(pid_, SIGTERM);
        if (!await_end(patience)) {
            kill();
            return tl::unexpected(
                fmt::format("{} did not end within {} ms after SIGTERM and was killed", program_, patience.count()));
        }
        join();
        return ending_;
    }

    bool gone(Ending& ending) override {
        if (pid_ > 0) {
            int status = 0;
            if (waitpid(pid_, &status, WNOHANG) == pid_) {
                note_end(status);
            }
        }
        ending = ending_;
        return pid_ <= 0;
    }

private:
    /// In the child, between fork and exec: only what is safe after a fork of a program with threads.
    [[noreturn]] static void become(const std::vector<char*>& argv, const std::vector<char*>& environment,
                                    const std::string& directory, int ready, int output, int ready_fd, pid_t parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(127);
        }
        // Both are moved above the numbers that are about to be given away.
        constexpr int safe_from = 10;
        const int high_ready = fcntl(ready, F_DUPFD, safe_from);
        const int high_output = fcntl(output, F_DUPFD, safe_from);
        const int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        dup2(high_output, STDOUT_FILENO);
        dup2(high_output, STDERR_FILENO);
        dup2(high_ready, ready_fd);
        // Sockets of the mock firewalls must not live on in the child: a stopped one would still be connected to.
        close_range(static_cast<unsigned>(ready_fd) + 1, ~0U, 0);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        signal(SIGPIPE, SIG_DFL);
        if (chdir(directory.c_str()) == 0) {
            execve(argv[0], argv.data(), environment.data());
        }
        constexpr char said[] = "cannot be run: wrong path, or not executable\n";
        static_cast<void>(!write(STDERR_FILENO, said, sizeof said - 1));
        _exit(127);
    }

    tl::expected<void, std::string> await_ready(int fd, std::chrono::milliseconds patience) {
        const auto deadline = Clock::now() + patience;
        std::array<char, 512> buffer{};
        while (ready_line_.find('\n') == std::string::npos) {
            pollfd wait{fd, POLLIN, 0};
            const int got = poll(&wait, 1, milliseconds_until(deadline));
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) {
                kill();
                return tl::unexpected(
                    fmt::format("{} was not ready within {} ms{}", program_, patience.count(), last_words()));
            }
            const ssize_t size = read(fd, buffer.data(), buffer.size());
            if (size < 0 && errno == EINTR) {
                continue;
            }
            if (size <= 0 || ready_line_.size() > 65536) {
                return tl::unexpected(ended_early());
            }
            ready_line_.append(buffer.data(), static_cast<std::size_t>(size));
        }
        ready_line_.erase(ready_line_.find('\n'));
        return {};
    }

    std::string ended_early() {
        if (!await_end(std::chrono::milliseconds(2000))) {
            kill();
            return fmt::format("{} closed the pipe without saying that it is ready{}", program_, last_words());
        }
        join();
        return fmt::format("{} ended with {} before it was ready{}", program_, ending_.text(), last_words());
    }

    std::string last_words() {
        const std::lock_guard guard(mutex_);
        std::string all;
        for (const std::string& line : last_lines_) {
            all += "\n    " + line;
        }
        return all.empty() ? ", and said nothing" : ", and said:" + all;
    }

    /// Until end of file, which comes when the child and whoever inherited its output are gone.
    void hear(int fd) {
        Lines lines;
        std::array<char, 4096> buffer{};
        const auto take = [this](const std::string& line) {
            {
                const std::lock_guard guard(mutex_);
                last_lines_.push_back(line);
                if (last_lines_.size() > 12) {
                    last_lines_.pop_front();
                }
            }
            if (on_line_) {
                on_line_(line);
            }
        };
        while (true) {
            const ssize_t size = read(fd, buffer.data(), buffer.size());
            if (size < 0 && errno == EINTR) {
                continue;
            }
            if (size <= 0) {
                break;
            }
            lines.feed(buffer.data(), static_cast<std::size_t>(size), take);
        }
        lines.end(take);
    }

    /// waitpid has no deadline; a pidfd can be polled.
    bool await_end(std::chrono::milliseconds patience) {
        const Fd pidfd(open_pidfd(pid_));
        const auto deadline = Clock::now() + patience;
        while (true) {
            pollfd wait{pidfd.get(), POLLIN, 0};
            const int got = poll(&wait, 1, milliseconds_until(deadline));
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) {
                return false;
            }
            reap();
            return true;
        }
    }

    static int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

    void reap() {
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        note_end(status);
    }

    void note_end(int status) {
        ending_ = WIFSIGNALED(status) ? Ending{0, WTERMSIG(status)} : Ending{WEXITSTATUS(status), 0};
        pid_ = -1;
    }

    void join() {
        if (reader_.joinable()) {
            reader_.join();
        }
    }

    std::string program_;
    std::function<void(const std::string&)> on_line_;
    pid_t pid_ = -1;
    Ending ending_;
    std::string ready_line_;
    std::thread reader_;
    std::mutex mutex_;
    std::deque<std::string> last_lines_;
};

}  // namespace

tl::expected<std::unique_ptr<ChildProcess>, std::string> ChildProcess::start(Launch launch) {
    auto child = std::make_unique<Child>();
    if (const auto ready = child->launch(std::move(launch)); !ready) {
        return tl::unexpected(ready.error());
    }
    return std::unique_ptr<ChildProcess>(std::move(child));
}

}  // namespace sim::lab
