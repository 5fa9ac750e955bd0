// Answers questions about one address from the journal and the audit trail. The journal has no index of addresses,
// since that would cost every acknowledgement, so it is read from its newest end on a thread and a connection of its
// own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "bridge/store/store.hpp"

namespace bridge::store {

class Historian {
public:
    using Done = std::function<void(domain::Result<History>)>;
    using Post = std::function<void(std::function<void()>)>;

    /// Answers go through `post`; without one they come on the historian's thread.
    Historian(std::string path, Post post);
    /// A question under way is broken off; what waits is not answered.
    ~Historian();
    Historian(const Historian&) = delete;
    Historian& operator=(const Historian&) = delete;

    void ask(HistoryQuestion question, Done done);

private:
    struct Asked {
        HistoryQuestion question;
        Done done;
    };

    void run();
    void tell(const Done& done, domain::Result<History> answer) const;
    domain::Result<History> look(const HistoryQuestion& question);

    const std::string path_;
    const Post post_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Asked> waiting_;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses all of the above; started by the first question
};

}  // namespace bridge::store
