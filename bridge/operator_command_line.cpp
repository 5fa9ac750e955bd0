#include "operator_command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "bridge/operate/client/client.hpp"
#include "bridge/operate/client/operator_commands.hpp"
#include "bridge/operate/config/config.hpp"

namespace bridge {

namespace {

/// What the options of one subcommand say.
struct Said {
    std::string indicator;
    std::string target;
    std::string appliance;
    std::string state;
    std::string time;
    std::string since;
    std::string last;
    std::string reason;
    bool all = false;
    bool dry_run = false;
    bool as_json = false;

    operate::Parameters parameters() const {
        return {{"indicator", indicator},
                {"target", target},
                {"appliance", appliance},
                {"for", time},
                {"since", since},
                {"last", last},
                {"reason", reason},
                {"all", all ? "true" : ""},
                {"dry_run", dry_run ? "true" : ""}};
    }
};

using SaidPointer = std::shared_ptr<Said>;

class Commands {
public:
    explicit Commands(const CommandLine& line) : line_(line) {}

    /// A subcommand that asks the running bridge.
    CLI::App* add(const char* name, const char* help, const SaidPointer& said,
                  std::function<int(const operate::Config&, const Said&)> run) const {
        CLI::App* sub = line_.app.add_subcommand(name, help);
        sub->add_option("--config", line_.config_path, "configuration file of the running bridge")
            ->capture_default_str();
        sub->add_flag("--json", said->as_json, "as JSON");
        sub->callback([&command = line_.command, &path = line_.config_path, said, run = std::move(run)] {
            command = [&path, said, run] {
                const auto config = operate::load_config(path, operate::ConfigUse::ask);
                if (!config) {
                    std::cerr << config.error() << '\n';
                    return 1;
                }
                return run(*config, *said);
            };
        });
        return sub;
    }

    /// One that orders something; everybody may say why.
    CLI::App* order(const std::string& verb, const char* help, const SaidPointer& said) const {
        CLI::App* sub = add(verb.c_str(), help, said, [verb](const operate::Config& config, const Said& what) {
            return operate::give_order(config, verb, what.parameters(), what.as_json, std::cout, std::cerr);
        });
        sub->add_option("--reason", said->reason, "why, for the audit trail");
        return sub;
    }

private:
    CommandLine line_;
};

void one_of_these(CLI::App* sub, const SaidPointer& said) {
    sub->add_option("INDICATOR", said->indicator, "address or domain name");
    sub->add_flag("--all", said->all, "all that are held");
    sub->add_option("--appliance", said->appliance, "all that are held on this appliance's account");
}

}  // namespace

void add_operator_commands(const CommandLine& line) {
    const Commands commands(line);
    auto said = std::make_shared<Said>();
    CLI::App* sub = commands.order("block", "block an address that no alert has told of", said);
    sub->add_option("INDICATOR", said->indicator, "address, /64 of IPv6, or domain name")->required();
    sub->add_option("--target", said->target, "on this target only");
    sub->add_option("--for", said->time, "how long: 1h, 7d (default: policy.expire)");

    said = std::make_shared<Said>();
    sub = commands.order("unblock", "take a block back from all targets", said);
    sub->add_option("INDICATOR", said->indicator, "address, /64 of IPv6, or domain name")->required();
    sub->add_option("--for", said->time, "how long alerts do not block it again (default: policy.quarantine)");

    said = std::make_shared<Said>();
    sub = commands.order("release", "let held or refused blocks go out, or end a quarantine", said);
    one_of_these(sub, said);

    said = std::make_shared<Said>();
    sub = commands.order("drop", "forget held blocks, and let alerts not bring them back for a while", said);
    one_of_these(sub, said);
    sub->add_option("--for", said->time, "how long (default: policy.quarantine, else 24h)");

    said = std::make_shared<Said>();
    sub = commands.order("rollback", "take the newest blocks off every target", said);
    CLI::Option* last = sub->add_option("--last", said->last, "so many of the newest");
    CLI::Option* since =
        sub->add_option("--since", said->since, "all since a time (2026-06-01T12:00:00Z), or of the last 30m");
    last->excludes(since);
    sub->add_option("--for", said->time,
                    "how long alerts do not bring them back (default: policy.quarantine, else 24h)");
    sub->add_flag("--dry-run", said->dry_run, "only say which");

    said = std::make_shared<Said>();
    sub = commands.order("pause", "make no more calls to a target; its blocks gather", said);
    sub->add_option("TARGET", said->target, "name of the target")->required();

    said = std::make_shared<Said>();
    sub = commands.order("resume", "go on with a paused target", said);
    sub->add_option("TARGET", said->target, "name of the target")->required();

    said = std::make_shared<Said>();
    sub = commands.add("why", "all that is known of an address, from the alert to the enforced rule", said,
                       [](const operate::Config& config, const Said& what) {
                           return operate::explain(config, what.indicator, what.as_json, std::cout, std::cerr);
                       });
    sub->add_option("INDICATOR", said->indicator, "address, /64 of IPv6, or domain name")->required();

    said = std::make_shared<Said>();
    sub = commands.add(
        "blocks", "the ledger of the running bridge", said, [](const operate::Config& config, const Said& what) {
            const std::string query =
                operate::query_of({{"state", what.state}, {"target", what.target}, {"indicator", what.indicator}});
            return operate::show(config, operate::Page::blocks, what.as_json, std::cout, std::cerr, query);
        });
    sub->add_option("--state", said->state, "wanted, pushed, enforced, expired, refused, held or quarantined");
    sub->add_option("--target", said->target, "of this target only");
    sub->add_option("--indicator", said->indicator, "of this address only");
}

}  // namespace bridge
