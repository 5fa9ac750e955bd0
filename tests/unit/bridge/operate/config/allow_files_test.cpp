// Allow files that change while the bridge runs, and the addresses that it finds out for itself.
#include "bridge/operate/config/allow_files.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "../engine/engine_world.hpp"
#include "bridge/operate/config/own_addresses.hpp"

using namespace testing;
using namespace bridge::operate;

namespace {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "firebreak-allow-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string file() const { return (path_ / "allow.txt").string(); }
    /// In a new file under the old name, as editors and configuration tools do it: a new inode each time.
    void keep(const std::string& text) const {
        std::ofstream(path_ / "new") << text;
        std::filesystem::rename(path_ / "new", path_ / "allow.txt");
    }

private:
    std::filesystem::path path_;
};

struct Watched {
    explicit Watched(const std::string& text) {
        folder.keep(text);
        REQUIRE(world.engine->start());
        CHECK(world.post(callback("1", "203.0.113.5")).status == 200);
        files.emplace(std::vector{folder.file()}, world.clock, *world.engine,
                      [this](const Happening& happening) { world.told.push_back(happening.text); });
        world.clock.run_for(3s);
    }

    Folder folder;
    World world;
    std::optional<AllowFiles> files;
};

}  // namespace

TEST_CASE("an allow file that changes takes blocks off within seconds") {
    Watched watched("198.51.100.0/24\n");
    CHECK(watched.world.is_blocked("203.0.113.5"));
    watched.folder.keep("198.51.100.0/24\n203.0.113.0/24\n");
    watched.world.clock.run_for(3s);
    CHECK_FALSE(watched.world.is_blocked("203.0.113.5"));
    CHECK(watched.files->trouble().empty());
}

TEST_CASE("a wrong new version of an allow file keeps the old rules, and says so until it is mended") {
    Watched watched("203.0.113.5\n");
    CHECK_FALSE(watched.world.is_blocked("203.0.113.5"));
    watched.folder.keep("203.0.113.5/99\n");
    watched.world.clock.run_for(3s);
    REQUIRE(watched.files->trouble().size() == 1);
    CHECK_THAT(watched.files->trouble().front(), Catch::Contains("allow.txt:1: '203.0.113.5/99' is no CIDR prefix"));
    CHECK(watched.world.times_told("the 1 rule(s) of the version before stay in force") == 1);
    CHECK(watched.world.post(callback("2", "203.0.113.5")).status == 200);
    CHECK_FALSE(watched.world.is_blocked("203.0.113.5"));

    std::filesystem::remove(watched.folder.file());
    watched.world.clock.run_for(3s);
    CHECK_THAT(watched.files->trouble().front(), Catch::Contains("cannot be read"));
    CHECK(watched.world.post(callback("3", "203.0.113.5")).status == 200);
    CHECK_FALSE(watched.world.is_blocked("203.0.113.5"));

    watched.folder.keep("# nothing\n");
    watched.world.clock.run_for(3s);
    CHECK(watched.files->trouble().empty());
    CHECK(watched.world.post(callback("4", "203.0.113.5")).status == 200);
    CHECK(watched.world.is_blocked("203.0.113.5"));
}

TEST_CASE("a file that is being written is left alone until it stays as it is") {
    Watched watched("198.51.100.0/24\n");
    for (int i = 0; i < 5; ++i) {
        watched.folder.keep(std::string(static_cast<std::size_t>(i) + 1, '\n') + "203.0.113.0/24\n");
        watched.world.clock.run_for(1s);
        CHECK(watched.world.is_blocked("203.0.113.5"));
    }
    watched.world.clock.run_for(2s);
    CHECK_FALSE(watched.world.is_blocked("203.0.113.5"));
}

TEST_CASE("this host's own addresses are known, loopback for one") {
    const auto rules = addresses_of_this_host();
    CHECK(std::any_of(rules.begin(), rules.end(), [](const AllowRule& rule) {
        return rule.text() == "127.0.0.1" && rule.origin() == "the bridge's own address, on lo";
    }));
}

TEST_CASE("the addresses of a target's name are never blocked, once they are looked up") {
    // The look-up is on a thread of its own, so what it posts goes to the clock only when the test takes it there.
    struct LockedClock : Clock {
        explicit LockedClock(HandClock& hand_) : hand(hand_) {}
        WallTime wall() const override { return hand.wall(); }
        Instant now() const override { return hand.now(); }
        std::unique_ptr<Alarm> at(Instant when, std::function<void()> task) override {
            return hand.at(when, std::move(task));
        }
        void post(std::function<void()> task) override {
            {
                const std::lock_guard lock(mutex);
                posted.push_back(std::move(task));
            }
            come.notify_one();
        }
        /// Waits for one that is posted, and runs it here.
        void run_one() {
            std::unique_lock lock(mutex);
            come.wait(lock, [this] { return !posted.empty(); });
            const auto task = std::move(posted.front());
            posted.pop_front();
            lock.unlock();
            task();
        }
        HandClock& hand;
        std::mutex mutex;
        std::condition_variable come;
        std::deque<std::function<void()>> posted;
    };
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "198.51.100.1")).status == 200);
    CHECK(world.is_blocked("198.51.100.1"));
    LockedClock clock(world.clock);
    std::atomic<int> asked = 0;
    OwnAddresses own(
        {{"fw.example.com", "hq"}}, clock, *world.engine,
        [&](const Happening& happening) { world.told.push_back(happening.text); },
        [&](const std::string& host) {
            return host != "fw.example.com" || asked++ == 0 ? std::vector<IpAddress>()
                                                            : std::vector{*IpAddress::parse("198.51.100.1")};
        });
    clock.run_one();
    CHECK(world.times_told("the addresses of fw.example.com cannot be looked up") == 1);
    CHECK(world.is_blocked("198.51.100.1"));
    world.clock.run_for(1min);
    clock.run_one();
    CHECK_FALSE(world.is_blocked("198.51.100.1"));
    CHECK(world.store.changes.back().reason == "on the allow list: 198.51.100.1 (fw.example.com, target hq)");
}
