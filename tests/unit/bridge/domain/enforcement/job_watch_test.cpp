#include "bridge/domain/enforcement/job_watch.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

using namespace bridge::domain;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// How a job of which nothing is known was watched until its end.
struct Watched {
    int looks = 0;
    milliseconds late{0};
    milliseconds shortest{1h};
    milliseconds longest{0};
};

/// Of the time that has passed since its beginning, what the device tells, in percent.
using Progress = std::function<int(milliseconds)>;

Watched watched(milliseconds takes, const Progress& progress) {
    Watched out;
    JobWatch watch;
    Instant now{1h};
    const Instant begun = now;
    watch.begin(now);
    while (true) {
        const milliseconds pause = watch.pause(std::nullopt, now);
        out.shortest = std::min(out.shortest, pause);
        out.longest = std::max(out.longest, pause);
        now += pause;
        ++out.looks;
        const milliseconds elapsed = watch.elapsed(now);
        REQUIRE(out.looks < 10'000);
        if (now - begun >= takes) {
            out.late = elapsed - takes;
            return out;
        }
        watch.unfinished(progress(elapsed), now);
    }
}

/// As devices tell it: quick at first, and at 99 for the last seventh.
Progress as_told(milliseconds takes) {
    return [takes](milliseconds at) {
        const double part = static_cast<double>(at.count()) / static_cast<double>(takes.count());
        return static_cast<int>(part < 0.6 ? part / 0.6 * 75 : part < 0.85 ? 75 + (part - 0.6) / 0.25 * 23 : 99);
    };
}

/// The pause after a first look at `elapsed` that told `progress`.
milliseconds pause_after(milliseconds elapsed, int progress) {
    JobWatch watch;
    const Instant begun{1h};
    watch.begin(begun);
    watch.unfinished(progress, begun + elapsed);
    return watch.pause(std::nullopt, begun + elapsed);
}

}  // namespace

TEST_CASE("the end of a first commit is seen within half a second, or a fortieth of it, with few looks") {
    for (const milliseconds takes : {7s, 13s, 17s, 20s, 29s, 60s, 150s}) {
        const Watched it = watched(takes, as_told(takes));
        INFO(takes.count() << " ms: " << it.looks << " looks, " << it.late.count() << " ms late");
        CHECK(it.late <= std::max(500ms, takes / 40));
        CHECK(it.looks <= 12 + takes / 10s);
        CHECK(it.shortest >= 500ms);
        CHECK(it.longest <= 10s);
    }
}

TEST_CASE("a job that stands at 99 percent is asked ever more seldom") {
    const Watched it = watched(1h, [](milliseconds at) { return at < 10s ? 75 : 99; });
    CHECK(it.longest == 10s);
    CHECK(it.shortest >= 500ms);
    CHECK(it.looks < 3600 / 10 + 30);
}

TEST_CASE("whatever the progress, looks are never closer than half a second nor further apart than without it") {
    for (const milliseconds elapsed : {2s, 3s, 5s, 20s, 100s, 1800s}) {
        const milliseconds blind = std::clamp(elapsed / 4, milliseconds(500ms), milliseconds(10s));
        for (const int progress : {-5, 0, 1, 5, 6, 50, 75, 98, 99, 100, 101, 2'000'000'000}) {
            INFO(elapsed.count() << " ms, " << progress << " %");
            const milliseconds pause = pause_after(elapsed, progress);
            CHECK(pause >= 500ms);
            const bool guessed = progress > 5 && progress < 99;
            const milliseconds rest =
                guessed ? std::clamp(elapsed * (100 - progress) / progress, milliseconds(1s), milliseconds(10s))
                        : blind;
            CHECK(pause <= rest);
        }
    }
}

TEST_CASE("progress that is not told is not waited for: looks come a quarter of the time so far apart") {
    CHECK(pause_after(2s, 0) == 500ms);
    CHECK(pause_after(8s, 0) == 2s);
    CHECK(pause_after(1h, 0) == 10s);
}

TEST_CASE("progress that goes back from 99 percent is taken at its new word, and its stall is remembered") {
    JobWatch watch;
    Instant now{1h};
    watch.begin(now);
    now += 20s;
    watch.unfinished(99, now);
    CHECK(watch.pause(std::nullopt, now) == 500ms);
    now += 20s;
    watch.unfinished(80, now);
    CHECK(watch.pause(std::nullopt, now) == 10s);
    now += 2s;
    watch.unfinished(99, now);
    CHECK(watch.pause(std::nullopt, now) == milliseconds(22s) / 6);
}

TEST_CASE("progress that jumps to 99 percent at once is asked no faster than one that is not told") {
    CHECK(pause_after(2s, 99) == 500ms);
    const Watched jumped = watched(60s, [](milliseconds) { return 99; });
    const Watched silent = watched(60s, [](milliseconds) { return 0; });
    CHECK(jumped.shortest == silent.shortest);
    CHECK(jumped.looks <= 2 * silent.looks);
    CHECK(jumped.longest <= silent.longest);
}

TEST_CASE("a job whose like is known is looked at when it should be over, closely, and then seldom") {
    JobWatch watch;
    Instant now{1h};
    watch.begin(now);
    CHECK(watch.pause(20s, now) == 20s);
    now += 20s;
    for (int i = 0; i < 4; ++i) {
        watch.unfinished(99, now);
        CHECK(watch.pause(20s, now) == 625ms);
        now += 625ms;
    }
    watch.unfinished(99, now);
    CHECK(watch.pause(20s, now) == 2500ms);
}

TEST_CASE("how long a job took lies between the last two looks, and a second around the device's word") {
    const Instant begun{1h};
    JobWatch watch;
    watch.begin(begun);
    CHECK(watch.took(begun + 10s, std::nullopt) == 9600ms);
    CHECK(watch.took(begun + 10s, 5s) == 6s);
    watch.unfinished(50, begun + 8s);
    CHECK(watch.took(begun + 10s, std::nullopt) == 9s);
    CHECK(watch.took(begun + 10s, 30s) == 10s);
    watch.begin(begun + 20s);
    CHECK(watch.elapsed(begun + 21s) == 1s);
    CHECK(watch.took(begun + 30s, std::nullopt) == 9600ms);
}
