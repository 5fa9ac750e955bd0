// The operator's allow files: read at the start, and again when they change, without a restart.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "bridge/domain/policy/allow_list.hpp"
#include "bridge/engine/engine.hpp"

namespace bridge::operate {

/// The layer of the allow list that the files' rules are in.
inline constexpr std::string_view allow_files_layer = "files";

/// Errors are lines: that it cannot be read, or what is wrong in it. At most 64 MiB.
tl::expected<std::vector<domain::AllowRule>, std::vector<std::string>> load_allow_file(const std::string& path);

/// Looks at the files every second, and gives the engine their rules when one has changed and stayed so for a second
/// (an editor may write in pieces). A version that is wrong, or missing, is told loudly, and the rules of the last good
/// one stay. Looking once a second works on every file system, and needs no watch that a rename could lose.
class AllowFiles {
public:
    /// `clock`, `engine` and what `listener` uses must outlive it. The engine has the rules of the files as they are
    /// now.
    AllowFiles(std::vector<std::string> paths, engine::Clock& clock, engine::Engine& engine,
               engine::Engine::Listener listener);
    ~AllowFiles();
    AllowFiles(const AllowFiles&) = delete;
    AllowFiles& operator=(const AllowFiles&) = delete;

    /// What is wrong with files whose older rules are in force; empty when all is well.
    const std::vector<std::string>& trouble() const noexcept { return trouble_; }

private:
    struct File;

    void look();
    void wait();
    bool read_again(File& file);

    std::vector<File> files_;
    engine::Clock& clock_;
    engine::Engine& engine_;
    engine::Engine::Listener listener_;
    std::vector<std::string> trouble_;
    std::unique_ptr<engine::Alarm> alarm_;
};

}  // namespace bridge::operate
