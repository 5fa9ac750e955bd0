// A program that the lab runs: started with a pipe on which it says that it is ready, heard line by line, ended one way
// or the other. Nothing of it outlives the object.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sim::lab {

struct Launch {
    std::string program;
    std::vector<std::string> arguments;               // "{ready}" stands for the number of the pipe on which it reports
    std::string directory;                            // it runs there
    std::vector<std::string> environment;             // "NAME=VALUE", on top of the lab's own
    std::chrono::milliseconds patience{30'000};       // until it is ready
    std::function<void(const std::string&)> on_line;  // each line of its output and errors; any thread
};

/// How a program ended.
struct Ending {
    int exit_code = 0;  // of a program that ended by itself
    int signal = 0;     // else the signal that ended it

    bool clean() const noexcept { return exit_code == 0 && signal == 0; }
    /// "exit code 3", "signal 9"
    std::string text() const;
};

class ChildProcess {
public:
    virtual ~ChildProcess() = default;  // kills it if it still runs, and waits for it

    /// Starts the program and waits until it has written one line to the pipe, which `ready_line` then gives. Errors:
    /// it cannot be run, it ended before, or it took too long; its last lines are in the message.
    static tl::expected<std::unique_ptr<ChildProcess>, std::string> start(Launch launch);

    virtual const std::string& ready_line() const = 0;
    virtual int pid() const = 0;

    /// Any signal; it need not end for it.
    virtual void send_signal(int number) = 0;

    /// SIGKILL, and waits until it is gone.
    virtual void kill() = 0;

    /// SIGTERM, and waits; after `patience` it is killed, and that is an error.
    virtual tl::expected<Ending, std::string> stop(std::chrono::milliseconds patience) = 0;

    /// How it ended, if it did so unasked.
    virtual bool gone(Ending& ending) = 0;
};

}  // namespace sim::lab
