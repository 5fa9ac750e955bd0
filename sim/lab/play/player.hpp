// Plays the steps of a scenario in a world, and says how it went.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/timeline.hpp"
#include "sim/lab/world/world.hpp"

namespace sim::lab {

enum class Result { passed, failed, skipped };

struct Outcome {
    Result result = Result::passed;
    std::string file;
    std::string title;
    std::string where;                 // "batching/burst.yaml:12: expect: {...}", of the step that failed
    std::string message;               // what was seen instead, or why it was skipped
    std::vector<TimelineEntry> story;  // scrubbed
    std::size_t story_dropped = 0;
    std::string directory;              // that was kept, or empty
    std::chrono::milliseconds took{0};  // on the wall's clock
};

/// What must hold after the last step, whatever the story; the answers are those with 200.
using Epilogue = std::function<Done(World& world, const std::vector<SentAnswer>& acknowledged)>;

/// From the world's beginning to the last step, or to the first that fails.
Outcome play(const Scenario& scenario, World& world, const Epilogue& epilogue = {});

}  // namespace sim::lab
