#include "bridge/store/sqlite_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "bridge/store/checkpointer.hpp"
#include "bridge/store/durable_step.hpp"
#include "bridge/store/historian.hpp"
#include "bridge/store/journal_rows.hpp"
#include "bridge/store/sqlite.hpp"
#include "bridge/store/writer.hpp"

namespace bridge::store {
namespace {

using domain::Errc;
using domain::Failure;
using domain::Result;

// Retention's turn comes at least this often, however busy the store is.
constexpr std::chrono::seconds discard_wait_max{1};

domain::WallTime system_time() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// Held while the store is open; the kernel lets go of it whatever way the process ends.
class FileLock {
public:
    static Result<FileLock> take(const std::string& path) {
        const std::string name = path + ".lock";
        FileLock lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (lock.file_ < 0) {
            return domain::failed(Errc::store_failed,
                                  fmt::format("{}: {}; its directory must exist and the bridge's user may write there",
                                              name, std::generic_category().message(errno)));
        }
        if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
            return domain::failed(Errc::store_failed,
                                  fmt::format("{}: in use by another bridge; end that one, or give this one a `store` "
                                              "of its own",
                                              path));
        }
        return lock;
    }
    FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock() {
        if (file_ >= 0) {
            ::close(file_);
        }
    }

private:
    explicit FileLock(int file) : file_(file) {}
    int file_;
};

struct Waiting {
    Acceptance acceptance;
    Store::Done done;
    bool turned_down = false;  // too much is waiting already; it stays in line for its answer only
};

struct Recorded {
    Notes notes;
    std::function<void(Result<void>)> done;  // empty: nobody waits, or he was told of the first failure
};

struct Item {
    std::variant<Waiting, Recorded> work;
    std::optional<Result<Accepted>> outcome{};
    bool under_way = false;
    bool unwritable = false;  // SQLite objects to what it says, not to the disk
};

using Group = std::vector<Item>;

std::size_t payload_bytes(const Item& item) {
    const auto* waiting = std::get_if<Waiting>(&item.work);
    return waiting != nullptr ? waiting->acceptance.payload.size() : 0;
}

class GroupCommitStore final : public Store {
public:
    GroupCommitStore(SqliteOptions options, FileLock lock, std::unique_ptr<Writer> writer, Connection reader)
        : options_(std::move(options)),
          lock_(std::move(lock)),
          reader_(std::move(reader)),
          writer_(std::move(writer)),
          checkpointer_(options_.path),
          historian_(options_.path, options_.post),
          thread_([this] { run(); }) {
        if (options_.keeping.payloads.count() > 0 || options_.keeping.alerts.count() > 0) {
            retention_.emplace(
                Retention::Options{options_.path, options_.keeping, options_.retention_first_after,
                                   options_.retention_every, options_.wall_clock ? options_.wall_clock : system_time},
                [this](Discard discard) { return erase(std::move(discard)); },
                [this](const Forgotten& gone) {
                    post([this, gone] {
                        if (options_.on_forgotten) {
                            options_.on_forgotten(gone);
                        }
                    });
                });
        }
    }

    GroupCommitStore(const GroupCommitStore&) = delete;
    GroupCommitStore& operator=(const GroupCommitStore&) = delete;

    /// What waits is written, and told, before this returns.
    ~GroupCommitStore() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        discard_changed_.notify_all();
        retention_.reset();  // before the writing thread, for which it may be waiting
        thread_.join();
    }

    void accept(Acceptance acceptance, Done done) override {
        {
            const std::lock_guard lock(mutex_);
            Waiting waiting{.acceptance = std::move(acceptance), .done = std::move(done)};
            if (waiting_bytes_ + waiting.acceptance.payload.size() > options_.waiting_bytes_max) {
                waiting.turned_down = true;
                waiting.acceptance = Acceptance{};
            }
            waiting_bytes_ += waiting.acceptance.payload.size();
            ++acceptances_;
            queue_.push_back(Item{.work = std::move(waiting)});
        }
        wake_.notify_one();
    }

    void record(std::vector<domain::BlockChange> changes) override {
        if (changes.empty()) {
            return;
        }
        note(Notes{.changes = std::move(changes)}, nullptr);
    }

    void note(Notes notes, std::function<void(Result<void>)> done) override {
        durable_step("before states are queued");
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(Item{.work = Recorded{std::move(notes), std::move(done)}});
        }
        wake_.notify_one();
    }

    Result<std::vector<domain::StandingOrder>> load_orders() override;

    void history_of(HistoryQuestion question, std::function<void(Result<History>)> done) override {
        historian_.ask(std::move(question), std::move(done));
    }

    Result<std::vector<domain::Block>> load_blocks() override;
    Result<std::vector<JournalRow>> newest_alerts(std::size_t count) override;
    Result<std::vector<JournalRow>> alerts_called(const std::string& name, std::size_t count) override;
    Result<std::optional<StoredNotification>> notification_of(std::uint64_t number) override;

    std::uint64_t syncs() const override { return syncs_.load(std::memory_order_relaxed); }

    std::string trouble() const override {
        const std::lock_guard lock(mutex_);
        return trouble_;
    }

private:
    using Clock = std::chrono::steady_clock;

    /// With the reader's lock held.
    Result<std::vector<JournalRow>> journal_rows(Statement& statement) const;

    void run();
    Group take_group();
    void finish(Group group, std::optional<Failure> failure);
    std::optional<Failure> write(Group& group);
    std::optional<SqliteError> try_write(Group& group);
    std::optional<SqliteError> write_item(Item& item);
    bool set_aside(Group& group, const SqliteError& error);
    void tell(Group group);
    void post(std::function<void()> task) const;
    void tell_trouble(const std::string& trouble);
    domain::Result<std::unique_ptr<Writer>> open_again();
    std::optional<Forgotten> erase(Discard discard);
    bool discard_is_due() const;
    void write_discard(std::unique_lock<std::mutex>& lock);

    const SqliteOptions options_;
    const FileLock lock_;

    std::mutex reader_mutex_;
    Connection reader_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    std::size_t acceptances_ = 0;    // in the queue
    std::size_t waiting_bytes_ = 0;  // their payload
    bool stopping_ = false;
    std::string trouble_;
    std::atomic<std::uint64_t> syncs_ = 0;

    // A discard on its way through the writing thread, and what became of it.
    enum class DiscardState { none, waiting, under_way, written, failed } discard_state_ = DiscardState::none;
    Discard discard_;
    Forgotten discarded_;
    Clock::time_point discard_since_{};
    std::condition_variable discard_changed_;

    // Of the writing thread.
    std::unique_ptr<Writer> writer_;  // null after a failure that puts the file in doubt, until it opens again
    Checkpointer checkpointer_;
    std::optional<Clock::time_point> retry_at_;
    Inspection inspection_ = Inspection::whole;  // of the file that is opened next
    bool was_replaced_ = false;
    std::string told_trouble_;

    Historian historian_;

    std::thread thread_;
    std::optional<Retention> retention_;  // last: these use all of the above
};

void GroupCommitStore::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        if (retry_at_) {
            // One try in a while, however many come and are to be told that it is in vain.
            wake_.wait_until(lock, *retry_at_, [&] { return stopping_; });
            retry_at_.reset();
        } else {
            wake_.wait(lock, [&] { return stopping_ || !queue_.empty() || discard_state_ == DiscardState::waiting; });
        }
        if (discard_is_due()) {
            write_discard(lock);
        }
        if (queue_.empty()) {
            if (stopping_) {
                return;
            }
            continue;
        }
        const bool last_try = stopping_;
        Group group = take_group();
        lock.unlock();
        auto failure = write(group);
        const bool failed = failure.has_value();
        finish(std::move(group), std::move(failure));
        if (!failed && checkpointer_.log_is(writer_->log_pages())) {  // after the news: nobody waits for this
            writer_->finish_checkpoint();
            checkpointer_.log_moved();
        }
        lock.lock();
        if (failed) {
            retry_at_ = Clock::now() + options_.retry_pause;
        }
        if (failed && last_try && acceptances_ == 0) {
            return;  // states of blocks that are lost cost a comparison with the target
        }
    }
}

/// As much of the queue as goes into one transaction, in order. With the lock held.
Group GroupCommitStore::take_group() {
    Group group;
    group.reserve(std::min(queue_.size(), options_.group_max));
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < options_.group_max) {
        const std::size_t next = payload_bytes(queue_.front());
        if (!group.empty() && bytes + next > options_.group_bytes_max) {
            break;
        }
        bytes += next;
        if (std::holds_alternative<Waiting>(queue_.front().work)) {
            --acceptances_;
        }
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return group;
}

/// Nothing, when all of it is on disk (or was told its own fate); else what is wrong, and nothing of it is on disk.
std::optional<Failure> GroupCommitStore::write(Group& group) {
    if (writer_ && !writer_->still_in_place()) {
        writer_.reset();
        inspection_ = Inspection::whole;
        was_replaced_ = true;
    }
    if (!writer_) {
        auto opened = open_again();
        if (!opened) {
            return std::move(opened.error());
        }
        writer_ = std::move(*opened);
    }
    while (const auto error = try_write(group)) {
        writer_->roll_back();
        if (set_aside(group, *error)) {
            continue;
        }
        if (!leaves_connection_usable(*error)) {
            writer_.reset();
            inspection_ = is_damage(*error) ? Inspection::whole : Inspection::none;
        }
        return describe(*error, options_.path);
    }
    return std::nullopt;
}

std::optional<SqliteError> GroupCommitStore::try_write(Group& group) {
    durable_step("before a transaction");
    if (auto begun = writer_->begin(); !begun) {
        return std::move(begun.error());
    }
    for (Item& item : group) {
        if (item.unwritable) {
            continue;
        }
        item.under_way = true;
        if (auto error = write_item(item)) {
            return error;
        }
        item.under_way = false;
    }
    if (auto committed = writer_->commit(); !committed) {
        return std::move(committed.error());
    }
    syncs_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
}

/// When the error is one item's own fault, marks it, so that the others can go without it.
bool GroupCommitStore::set_aside(Group& group, const SqliteError& error) {
    for (Item& item : group) {
        if (std::exchange(item.under_way, false) && is_about_the_data(error)) {
            item.unwritable = true;
            item.outcome = tl::unexpected(describe(error, options_.path));
            return true;
        }
    }
    return false;
}

std::optional<SqliteError> GroupCommitStore::write_item(Item& item) {
    if (const auto* waiting = std::get_if<Waiting>(&item.work)) {
        if (waiting->turned_down) {
            item.outcome = domain::failed(
                Errc::store_failed, fmt::format("{}: more than {} bytes of notifications wait to be written; the disk "
                                                "does not keep up",
                                                options_.path, options_.waiting_bytes_max));
            return std::nullopt;
        }
        auto accepted = writer_->accept(waiting->acceptance);
        if (!accepted) {
            return std::move(accepted.error());
        }
        item.outcome = *accepted;
        return std::nullopt;
    }
    const Notes& notes = std::get<Recorded>(item.work).notes;
    for (const auto& change : notes.changes) {
        durable_step("before a state is written");
        if (auto changed = writer_->change(change); !changed) {
            return std::move(changed.error());
        }
    }
    for (const auto& order : notes.orders) {
        durable_step("before an order is written");
        if (auto ordered = writer_->order(order); !ordered) {
            return std::move(ordered.error());
        }
    }
    for (const auto& entry : notes.audit) {
        if (auto added = writer_->audit(entry); !added) {
            return std::move(added.error());
        }
    }
    return std::nullopt;
}

void GroupCommitStore::finish(Group group, std::optional<Failure> failure) {
    Group records;  // to be tried again
    {
        const std::lock_guard lock(mutex_);
        trouble_ = failure ? failure->detail : std::string();
        for (Item& item : group) {
            waiting_bytes_ -= payload_bytes(item);
            if (item.unwritable) {
                trouble_ = item.outcome->error().detail;
            }
            if (auto* recorded = std::get_if<Recorded>(&item.work); failure && recorded != nullptr) {
                records.push_back(Item{.work = Recorded{std::move(recorded->notes), nullptr}});
            }
        }
        if (!records.empty()) {
            queue_.insert(queue_.begin(), std::make_move_iterator(records.begin()),
                          std::make_move_iterator(records.end()));
        }
    }
    tell_trouble(trouble());
    if (failure) {
        for (Item& item : group) {
            item.outcome = tl::unexpected(*failure);
        }
    }
    tell(std::move(group));
}

void GroupCommitStore::tell(Group group) {
    std::vector<std::function<void()>> news;
    for (Item& item : group) {
        if (auto* waiting = std::get_if<Waiting>(&item.work)) {
            news.emplace_back([done = std::move(waiting->done), outcome = std::move(*item.outcome)] { done(outcome); });
        } else if (auto* recorded = std::get_if<Recorded>(&item.work); recorded->done) {
            Result<void> outcome;
            if (item.outcome && !*item.outcome) {
                outcome = tl::unexpected(std::move(item.outcome->error()));
            }
            news.emplace_back([done = std::move(recorded->done), outcome = std::move(outcome)] { done(outcome); });
        }
    }
    if (news.empty()) {
        return;
    }
    group.clear();
    if (options_.post) {
        durable_step("before the news is posted");
        options_.post([news = std::make_shared<decltype(news)>(std::move(news))] {
            for (const auto& tell_one : *news) {
                tell_one();
                durable_step("after one is told");
            }
        });
        durable_step("after the news is posted");
    } else {
        for (const auto& tell_one : news) {
            tell_one();
        }
    }
}

void GroupCommitStore::post(std::function<void()> task) const {
    if (options_.post) {
        options_.post(std::move(task));
    } else {
        task();
    }
}

/// On the writing thread.
void GroupCommitStore::tell_trouble(const std::string& trouble) {
    if (trouble == told_trouble_) {
        return;
    }
    told_trouble_ = trouble;
    if (options_.on_trouble) {
        post([told = options_.on_trouble, trouble] { told(trouble); });
    }
}

/// After a failure, or when the file was taken away: what is there now.
Result<std::unique_ptr<Writer>> GroupCommitStore::open_again() {
    auto opened = Writer::open(options_.path, OpenMode::existing, options_.file_bytes_max, inspection_);
    if (!opened || !std::exchange(was_replaced_, false)) {
        return opened;
    }
    checkpointer_.file_replaced();
    if (auto reader = Connection::open(options_.path, OpenMode::existing)) {
        const std::lock_guard lock(reader_mutex_);
        reader_ = std::move(*reader);
    }
    return opened;
}

// ---- retention

/// On Retention's thread.
std::optional<Forgotten> GroupCommitStore::erase(Discard discard) {
    std::unique_lock lock(mutex_);
    discard_ = std::move(discard);
    discard_state_ = DiscardState::waiting;
    discard_since_ = Clock::now();
    wake_.notify_one();
    discard_changed_.wait(lock, [this] {
        return stopping_ || discard_state_ == DiscardState::written || discard_state_ == DiscardState::failed;
    });
    const bool written = discard_state_ == DiscardState::written;
    if (discard_state_ != DiscardState::under_way) {
        discard_state_ = DiscardState::none;
    }
    return written ? std::optional(discarded_) : std::nullopt;
}

/// With the lock held.
bool GroupCommitStore::discard_is_due() const {
    return discard_state_ == DiscardState::waiting && !stopping_ &&
           (queue_.empty() || Clock::now() - discard_since_ >= discard_wait_max);
}

/// In a transaction of its own. What goes wrong is for the next pass; a disk in trouble is told to those who wait.
void GroupCommitStore::write_discard(std::unique_lock<std::mutex>& lock) {
    const Discard discard = std::exchange(discard_, {});
    discard_state_ = DiscardState::under_way;
    lock.unlock();
    std::optional<Forgotten> gone;
    if (writer_ && writer_->still_in_place()) {
        durable_step("before a discard");
        const auto erased = writer_->begin().and_then([&] { return writer_->erase(discard); });
        if (erased && writer_->commit()) {
            gone = *erased;
        } else {
            writer_->roll_back();
        }
        durable_step("after a discard");
        if (checkpointer_.log_is(writer_->log_pages())) {
            writer_->finish_checkpoint();
            checkpointer_.log_moved();
        }
    }
    lock.lock();
    discard_state_ = gone ? DiscardState::written : DiscardState::failed;
    discarded_ = gone.value_or(Forgotten{});
    discard_changed_.notify_one();
}

// ---- reading

Result<std::vector<domain::Block>> GroupCommitStore::load_blocks() {
    const std::lock_guard lock(reader_mutex_);
    auto statement = reader_.prepare(
        "SELECT target, indicator, state, reason, alert, since, expires, repeats, appliance FROM blocks WHERE state <> "
        "'removed' "
        "ORDER BY target, indicator");
    if (!statement) {
        return tl::unexpected(describe(statement.error(), options_.path));
    }
    std::vector<domain::Block> blocks;
    if (const auto count = reader_.query_number("SELECT count(*) FROM blocks WHERE state <> 'removed'")) {
        blocks.reserve(static_cast<std::size_t>(*count));
    }
    while (true) {
        const auto row = statement->step();
        if (!row) {
            return tl::unexpected(describe(row.error(), options_.path));
        }
        if (!*row) {
            return blocks;
        }
        auto indicator = domain::Indicator::parse_blocked(statement->text(1));
        if (!indicator) {
            return domain::failed(Errc::store_failed,
                                  fmt::format("{}: damaged; restore it from a backup (a block of target {} is neither "
                                              "an address nor a domain name)",
                                              options_.path, statement->text(0)));
        }
        blocks.push_back({.target = statement->text(0),
                          .indicator = std::move(*indicator),
                          .state = domain::block_state_of(statement->text(2)),
                          .reason = statement->text(3),
                          .alert = statement->text(4),
                          .since = domain::WallTime(std::chrono::milliseconds(statement->number(5))),
                          .expires = domain::WallTime(std::chrono::milliseconds(statement->number(6))),
                          .repeats = static_cast<std::uint32_t>(statement->number(7)),
                          .appliance = statement->text(8)});
    }
}

Result<std::vector<domain::StandingOrder>> GroupCommitStore::load_orders() {
    const std::lock_guard lock(reader_mutex_);
    auto statement = reader_.prepare("SELECT kind, subject, made, until, reason FROM standing_orders");
    if (!statement) {
        return tl::unexpected(describe(statement.error(), options_.path));
    }
    std::vector<domain::StandingOrder> orders;
    while (true) {
        const auto row = statement->step();
        if (!row) {
            return tl::unexpected(describe(row.error(), options_.path));
        }
        if (!*row) {
            return orders;
        }
        const auto kind = domain::standing_order_of(statement->text(0));
        if (!kind) {
            return domain::failed(
                Errc::store_failed,
                fmt::format("{}: damaged; restore it from a backup (a standing order is of no kind)", options_.path));
        }
        const std::int64_t until = statement->number(3);
        orders.push_back(
            {.kind = *kind,
             .subject = statement->text(1),
             .made = domain::WallTime(std::chrono::milliseconds(statement->number(2))),
             .until = until < 0 ? domain::WallTime::max() : domain::WallTime(std::chrono::milliseconds(until)),
             .reason = statement->text(4)});
    }
}

Result<std::vector<JournalRow>> GroupCommitStore::journal_rows(Statement& statement) const {
    auto rows = read_journal_rows(statement);
    if (!rows) {
        return tl::unexpected(describe(rows.error(), options_.path));
    }
    return std::move(*rows);
}

Result<std::vector<JournalRow>> GroupCommitStore::newest_alerts(std::size_t count) {
    const std::lock_guard lock(reader_mutex_);
    auto statement = reader_.prepare(fmt::format("{} ORDER BY number DESC LIMIT ?1", journal_rows_sql));
    if (!statement) {
        return tl::unexpected(describe(statement.error(), options_.path));
    }
    statement->bind(1, static_cast<std::int64_t>(count));
    return journal_rows(*statement);
}

Result<std::vector<JournalRow>> GroupCommitStore::alerts_called(const std::string& name, std::size_t count) {
    std::int64_t number = -1;
    const char* const end = name.data() + name.size();
    if (const auto [stop, error] = std::from_chars(name.data(), end, number); error != std::errc() || stop != end) {
        number = -1;
    }
    const std::lock_guard lock(reader_mutex_);
    // By alert_id it reads the whole table: that is asked for by hand, and an index would cost every acknowledgement.
    auto statement = reader_.prepare(
        fmt::format("{} WHERE number = ?1 OR identity = ?2 OR alert_id = ?2 OR (identity >= ?3 AND identity < ?4) "
                    "ORDER BY number = ?1 DESC, number DESC LIMIT ?5",
                    journal_rows_sql));
    if (!statement) {
        return tl::unexpected(describe(statement.error(), options_.path));
    }
    std::string uuid = name;
    std::transform(uuid.begin(), uuid.end(), uuid.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const std::string from = uuid + "/";
    const std::string to = uuid + "0";  // the character after '/'
    statement->bind(1, number).bind(2, name).bind(3, from).bind(4, to).bind(5, static_cast<std::int64_t>(count));
    return journal_rows(*statement);
}

Result<std::optional<StoredNotification>> GroupCommitStore::notification_of(std::uint64_t number) {
    const std::lock_guard lock(reader_mutex_);
    auto statement = reader_.prepare(
        "SELECT number, payload, format, received FROM notifications WHERE number = "
        "(SELECT notification FROM alerts WHERE number = ?1)");
    auto alerts = reader_.prepare(fmt::format("{} WHERE notification = ?1 ORDER BY number", journal_rows_sql));
    if (!statement || !alerts) {
        return tl::unexpected(describe(statement ? alerts.error() : statement.error(), options_.path));
    }
    statement->bind(1, static_cast<std::int64_t>(number));
    const auto row = statement->step();
    if (!row) {
        return tl::unexpected(describe(row.error(), options_.path));
    }
    if (!*row) {
        return std::nullopt;
    }
    StoredNotification notification{.payload = statement->text(1),
                                    .format = statement->text(2),
                                    .received = domain::WallTime(std::chrono::milliseconds(statement->number(3))),
                                    .alerts = {}};
    alerts->bind(1, statement->number(0));
    auto rows = journal_rows(*alerts);
    if (!rows) {
        return tl::unexpected(rows.error());
    }
    notification.alerts = std::move(*rows);
    return notification;
}

}  // namespace

domain::Result<std::unique_ptr<Store>> SqliteStore::open(SqliteOptions options) {
    auto lock = FileLock::take(options.path);
    if (!lock) {
        return tl::unexpected(lock.error());
    }
    auto writer = Writer::open(options.path, OpenMode::create, options.file_bytes_max);
    if (!writer) {
        return tl::unexpected(writer.error());
    }
    auto reader = Connection::open(options.path, OpenMode::existing);
    if (!reader) {
        return tl::unexpected(describe(reader.error(), options.path));
    }
    return std::make_unique<GroupCommitStore>(std::move(options), std::move(*lock), std::move(*writer),
                                              std::move(*reader));
}

}  // namespace bridge::store
