// Moves committed pages from the write-ahead log into the database file, on a thread and a connection of its own, so
// that no acknowledgement waits for it. (On the writer's path the same work was measured at a p99 of 59 ms.)
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace bridge::store {

class Checkpointer {
public:
    /// The file must exist and be in WAL mode.
    explicit Checkpointer(std::string path);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// After each commit: how long the log is. True when the log is too long, and the writer, whom no pass is in the
    /// way of now, should move what is left of it before its next commit: only a log that is wholly moved starts anew,
    /// and while the writer goes on, the passes here are always a little behind. No pass starts until `log_moved`.
    [[nodiscard]] bool log_is(int pages);
    void log_moved();

    /// The path names another file now: the next pass opens it.
    void file_replaced();

private:
    void run();
    bool pass_is_due() const;

    std::string path_;
    std::mutex mutex_;
    std::condition_variable wake_;
    int log_pages_ = 0;
    int moved_pages_ = 0;  // of those, by passes; the log starts anew when it was wholly moved
    bool stopping_ = false;
    bool passing_ = false;
    bool replaced_ = false;
    bool held_ = false;  // the writer's turn has come, or comes when this pass ends
    std::thread thread_;
};

}  // namespace bridge::store
