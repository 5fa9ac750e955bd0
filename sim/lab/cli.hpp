// The commands of firebreak-lab, behind the parser of its command line.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/lab/play/crash_matrix.hpp"
#include "sim/lab/play/runner.hpp"

namespace CLI {
class App;
}

namespace sim::lab {

/// Exit codes: 0 all is well, 1 something that was asked about is not, 2 it could not be tried.
enum ExitCode : int { ok = 0, not_ok = 1, unusable = 2 };

struct RunCommand {
    RunOptions options;
    std::string junit_file;  // empty: none
    std::string json_file;
    std::string journal_folder;
};
int run_command(RunCommand command);

/// `asked`, else $FIREBREAK_BRIDGE, else the program of that name that was built beside this one.
tl::expected<std::string, std::string> find_bridge(const std::string& asked, const std::string& name);

struct CrashMatrixCommand {
    MatrixOptions options;
};
int crash_matrix_command(CrashMatrixCommand command);

int check_command(const std::vector<std::string>& files);

struct PanosCommand {
    std::string listen = "127.0.0.1:8443";
    std::string control = "127.0.0.1:0";
    std::vector<std::string> users{"admin:admin"};
    std::string version = "10.1";
    std::string model = "PA-VM";
    std::string commit_time;  // empty: the model's
    std::string call_time;    // empty: calls do not slow each other down
    std::string state;        // directory; empty: nothing is kept
    std::string load;         // empty: fresh from the factory
    std::string prepare;      // name of the group; empty: not prepared
    bool panorama = false;
    bool plain = false;
    std::string fleet;  // a file of several devices; the options above are in it then, but for plain
};
int panos_command(const PanosCommand& command);

struct FireeyeCommand {
    std::string to;
    std::string product = "nx";
    std::string version;  // empty: 9.0, of an HX 5.0
    std::string format;   // empty: xml-normal, of an HX json-normal
    std::string type = "malware-callback";
    std::vector<std::string> attackers;
    std::string victim = "192.0.2.10";
    std::string severity = "majr";
    std::string malware;
    std::optional<std::uint64_t> id;
    std::string name = "nx1.example.com";
    std::uint64_t seed = 1;
    std::string file;
    std::string incidents;  // a file of them
    bool test_fire = false;
    bool dual = false;
    bool backlog = false;
    std::string via;  // host name of the CM that reports the same
    std::string via_version;
    std::string via_format;
    std::size_t resend = 0;
    std::string fault;
    std::string content_type;
    std::vector<std::string> replace;  // OLD=NEW
    bool now = false;
    bool new_ids = false;
    std::string user;  // NAME:PASSWORD, or NAME:@FILE
    std::string ca;
    bool insecure = false;
    std::size_t count = 1;
    std::string rate;
    std::size_t alerts_per_body = 1;
};
int fireeye_send_command(const FireeyeCommand& command);
int fireeye_render_command(const FireeyeCommand& command);

struct FireeyeListCommand {
    std::string product;  // empty: all; so with the others
    std::string version;
    std::string format;
    std::string type;
    std::string certainty;
    bool json = false;
};
int fireeye_list_command(const FireeyeListCommand& command);

struct ImportCommand {
    std::vector<std::string> files;
    std::string out = ".";
    std::string kind;    // empty: by what is in the file
    std::string config;  // a bridge.yaml; empty: the bridge's defaults
    bool no_scrub = false;
};
int import_command(const ImportCommand& command);

/// A command of the same program that another room brings. `add` puts it into the command line and gives what runs it
/// once the line is parsed.
struct ForeignCommand {
    std::string name;
    std::function<std::function<int()>(CLI::App&)> add;
};

/// The program: parses, dispatches, and turns what is thrown into an error message and exit code 2.
int command_line(int argc, char** argv, const std::vector<ForeignCommand>& foreign = {});

}  // namespace sim::lab
