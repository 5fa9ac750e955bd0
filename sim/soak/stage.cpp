#include "sim/soak/stage.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "sim/lab/bridge_process.hpp"
#include "sim/lab/bridge_yaml.hpp"
#include "sim/lab/loop_thread.hpp"
#include "sim/lab/private_file.hpp"
#include "sim/lab/real_firewall.hpp"
#include "sim/lab/reserved_port.hpp"
#include "sim/lab/scratch.hpp"
#include "sim/load/ammunition.hpp"
#include "sim/load/sender.hpp"
#include "sim/load/stage/process_use.hpp"
#include "sim/load/stage/raised_firewall.hpp"
#include "sim/load/time_text.hpp"
#include "sim/panos/place.hpp"
#include "sim/soak/campaign.hpp"
#include "sim/soak/disturb.hpp"
#include "sim/soak/journal_alerts.hpp"
#include "yaml/writer.hpp"

namespace sim::soak {

namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;
using Done = tl::expected<void, std::string>;
using load::stage::bridge_user;
using load::stage::firewall_name;
using load::stage::group_name;
using namespace std::chrono_literals;

constexpr std::uint64_t first_id = 1'000'000;
constexpr Micros sample_every = 1s;
constexpr Micros metrics_every = 5s;
constexpr Micros ledger_every = 1min;
constexpr Micros progress_every = 1min;
constexpr Micros again_after = 1s;     // an appliance that was not answered 200
constexpr Micros answer_within = 15s;  // then it hangs up
constexpr auto head_start = 50ms;
constexpr auto idle_look = 50ms;  // the bridge does not announce that it is idle
constexpr auto idle_patience = 60s;
constexpr Micros settling = 1min;  // on top of the patience, at the end
constexpr const char* our_tag = "firebreak";

// What a notification of 1 KB and what was decided on it may take in the file, and what is there before the first:
// measured are 1.4 KB for the notification, 0.3 KB for the alert, and 0.2 KB for the history of its blocks on three
// firewalls.
constexpr std::uint64_t database_bytes_an_alert = 2560;
constexpr std::uint64_t database_bytes_base = 4U << 20U;
constexpr std::uint64_t log_bytes_max = 64U << 20U;  // twice what the bridge lets it grow to while it goes on

// What no log of a well bridge holds.
constexpr std::array<std::string_view, 6> omens{"Sanitizer:", "runtime error:", "terminate called",
                                                "Assertion",  "assertion",      "std::bad_alloc"};

yaml::Entry entry(std::string key, std::string value) {
    yaml::Entry out;
    out.key = std::move(key);
    out.value = yaml::scalar(std::move(value));
    return out;
}

std::string milliseconds_text(Micros time) {
    return fmt::format("{}ms", std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

/// "203.0.113.5/32" is written for "203.0.113.5".
std::string without_host_mask(std::string_view text) {
    for (const std::string_view mask : {"/32", "/128"}) {
        if (text.ends_with(mask)) {
            text.remove_suffix(mask.size());
        }
    }
    return std::string(text);
}

/// A firewall, and what was seen of it; all of it is touched on the loop's thread.
struct Stand {
    std::unique_ptr<lab::RealFirewall> firewall;
    panos::NodePtr looked_at;          // the running configuration
    std::vector<std::string> objects;  // by address, its object's name in there; empty: none
    std::set<std::string> told_twice;  // addresses
    std::size_t commits_before = 0;
    std::size_t disturbances = 0;
    std::size_t denied_most = 0;
    std::size_t objects_most = 0;
};

struct Row {
    std::string target;
    std::string indicator;
    std::string state;
    std::string reason;
};

tl::expected<std::vector<Row>, std::string> rows_of(const std::string& page) {
    boost::system::error_code error;
    const json::value all = json::parse(page, error);
    if (error || !all.is_array()) {
        return tl::unexpected(std::string("the bridge's page of blocks cannot be read"));
    }
    std::vector<Row> rows;
    for (const json::value& each : all.get_array()) {
        const auto text = [&each](std::string_view key) { return std::string(each.at(key).as_string()); };
        rows.push_back({text("target"), text("indicator"), text("state"), text("reason")});
    }
    return rows;
}

/// What a target of the bridge has left to do, in words; empty: nothing.
tl::expected<std::string, std::string> unrest_of(const std::string& status, bool with_blocks) {
    boost::system::error_code error;
    const json::value all = json::parse(status, error);
    const json::value* const targets = error ? nullptr : all.find_pointer("/targets", error);
    if (targets == nullptr || !targets->is_object()) {
        return tl::unexpected(std::string("the bridge's status tells of no targets"));
    }
    for (const auto& [name, value] : targets->get_object()) {
        const json::object& row = value.as_object();
        if (row.at("state").as_string() != "idle") {
            return fmt::format("{} is {}: {}", std::string_view(name), std::string_view(row.at("state").as_string()),
                               std::string_view(row.at("last_error").as_string()));
        }
        for (const char* const state : {"wanted", "pushed", "enforced", "expired", "refused", "held"}) {
            const auto count = row.at(state).to_number<std::size_t>();
            if (count > 0 && with_blocks) {
                return fmt::format("{} has {} blocks {}", std::string_view(name), count, state);
            }
        }
    }
    return std::string();
}

class Stage {
public:
    Stage(const Setup& setup, const Options& options)
        : setup_(setup),
          options_(options),
          campaign_(setup.question.rate_per_s,
                    std::chrono::duration_cast<std::chrono::milliseconds>(setup.question.expire), setup.question.seed),
          addresses_(attackers_of(campaign_)),
          account_(rules_of(setup.question), addresses_, firewall_names(setup.question.firewalls)) {
        for (std::size_t i = 0; i < addresses_.size(); ++i) {
            by_address_.emplace(addresses_[i], i);
        }
    }

    ~Stage() {
        stop_sender();
        bridge_.reset();
        loop_.run([this] { stands_.clear(); });
    }

    tl::expected<Result, std::string> run() {
        auto scratch = lab::Scratch::make();
        if (!scratch) {
            return tl::unexpected(scratch.error());
        }
        directory_ = scratch->path();
        if (options_.keep) {
            scratch->keep();
            out_.remarks.push_back("kept: " + directory_);
        }
        out_.question = setup_.question;
        out_.question.pool = campaign_.pool();
        out_.question.active = campaign_.active();
        out_.timetable = make_timetable(setup_.timetable);
        out_.alerts = setup_.stage.due.size();
        if (const Done ready = raise_firewalls().and_then([this] { return raise_bridge(); }); !ready) {
            return tl::unexpected(ready.error());
        }
        if (const Done begun = begin(); !begun) {
            return tl::unexpected(begun.error());
        }
        soak();
        drain();
        collect();
        return std::move(out_);
    }

private:
    static Rules rules_of(const Question& asked) {
        return {asked.expire, asked.patience, asked.expire / 100 + Micros(2s)};
    }

    static std::vector<std::string> firewall_names(std::size_t count) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < count; ++i) {
            names.push_back(firewall_name(i));
        }
        return names;
    }

    // ---- before

    Done raise_firewalls() {
        for (std::size_t i = 0; i < setup_.question.firewalls; ++i) {
            auto device = load::stage::device_of(setup_.stage, i);
            if (!device) {
                return tl::unexpected(device.error());
            }
            device->boot_time = setup_.question.longest;
            for (const panos::Administrator& each : device->administrators) {
                if (each.name == bridge_user) {
                    password_ = each.password;
                }
            }
            stands_.push_back(std::make_unique<Stand>());
            Stand& stand = *stands_.back();
            stand.objects.resize(addresses_.size());
            const std::string name = firewall_name(i);
            auto raised =
                load::stage::raise_firewall(loop_, std::move(*device), name, directory_, [this, i] { look(i); });
            if (!raised) {
                return tl::unexpected(raised.error());
            }
            files_.targets[name] = raised->files;
            loop_.run([&] { stand.firewall = std::move(raised->firewall); });
        }
        return {};
    }

    /// `turn` differs from one reload to the next, so that each target starts anew.
    std::string config_text(int turn) {
        lab::BridgeSetup bridge = load::stage::bridge_of(setup_.stage);
        bridge.policy.push_back(entry("expire", milliseconds_text(setup_.question.expire)));
        bridge.intake.push_back(entry("listen", fmt::format("127.0.0.1:{}", port_->port())));
        for (lab::TargetSetup& target : bridge.targets) {
            target.settings.push_back(entry("password_file", directory_ + "/firebreak.password"));
            target.settings.push_back(entry("compare_every", "30s"));
            target.settings.push_back(entry("connect_timeout", "5s"));
            target.settings.push_back(entry("timeout", fmt::format("{}ms", 15'000 + turn)));
        }
        return lab::bridge_yaml(bridge, files_);
    }

    Done write_config(int turn) { return lab::write_private(directory_ + "/bridge.yaml", config_text(turn)); }

    Done raise_bridge() {
        auto port = lab::ReservedPort::make();
        if (!port) {
            return tl::unexpected(port.error());
        }
        port_ = std::move(*port);
        files_.store = directory_ + "/bridge.db";
        const Done written = lab::write_private(directory_ + "/firebreak.password", password_ + "\n").and_then([this] {
            return write_config(0);
        });
        if (!written) {
            return written;
        }
        log_.open(directory_ + "/bridge.log", std::ios::binary);
        bridge_ = std::make_unique<lab::BridgeProcess>(options_.bridge, directory_ + "/bridge.yaml", directory_,
                                                       [this](const std::string& line) { hear(line); });
        begin_ = Clock::now();
        return start_bridge().and_then([this] { return await_idle(); });
    }

    Done start_bridge() {
        const Micros before = now();
        const Done started = bridge_->start();
        if (started) {
            Life life;
            life.began = before;
            life.start_took = now() - before;
            out_.lives.push_back(std::move(life));
        }
        return started;
    }

    /// So that the first alert meets a bridge that knows its firewalls.
    Done await_idle() {
        const auto deadline = Clock::now() + idle_patience;
        while (true) {
            const auto unrest =
                bridge_->page("/status").and_then([](const std::string& page) { return unrest_of(page, false); });
            if (!unrest) {
                return tl::unexpected(unrest.error());
            }
            if (unrest->empty()) {
                return {};
            }
            if (Clock::now() > deadline || options_.stop.stop_requested()) {
                return tl::unexpected("the bridge does not come to rest before the first alert: " + *unrest);
            }
            std::this_thread::sleep_for(idle_look);  // nobody is told when it is
        }
    }

    Done begin() {
        const auto to = load::receiver_of(bridge_->intake());
        if (!to) {
            return tl::unexpected(to.error());
        }
        out_.lives.front().began = Micros{0};
        plan_.to = *to;
        plan_.begin = Clock::now() + head_start;
        plan_.give_up = setup_.question.duration + setup_.question.patience + settling;
        plan_.again_after = again_after;
        plan_.answer_within = answer_within;
        begin_ = plan_.begin;
        loop_.run([this] {
            begun_ = true;
            for (std::size_t i = 0; i < stands_.size(); ++i) {
                stands_[i]->firewall->at_device([&](panos::Device& device, panos::Instant) {
                    stands_[i]->commits_before = device.commits().size();
                });
                look(i);
            }
        });
        look_at_metrics();  // what is open before anybody has come
        for (const Disturbance& each : out_.timetable) {
            agenda_.emplace(each.at, [this, &each] { disturb(each); });
        }
        sender_ = std::jthread([this](const std::stop_token& stop) { send(stop); });
        return {};
    }

    // ---- the sender's thread

    void send(const std::stop_token& stop) {
        const auto request_of = [this](std::size_t i) {
            const std::size_t attacker = campaign_.attacker_of(i);
            {
                const std::lock_guard guard(mutex_);
                account_.sent(attacker, now());
            }
            const auto shot = load::notification(addresses_[attacker], first_id + i);
            return shot ? load::as_request(*shot, "127.0.0.1") : std::string("\r\n\r\n");  // checked by its test
        };
        const auto on_answer = [this](std::size_t i, const load::Sent& sent) {
            const std::lock_guard guard(mutex_);
            if (sent.acknowledged()) {
                account_.acknowledged(first_id + i, campaign_.attacker_of(i), now());
            } else {
                account_.add({now(),
                              Wrong::bridge,
                              {},
                              addresses_[campaign_.attacker_of(i)],
                              first_id + i,
                              fmt::format("is answered {}", sent.status)});
            }
        };
        sent_ = load::send_open_loop(plan_, request_of, on_answer, setup_.stage.due, progress_, stop);
        {
            const std::lock_guard guard(mutex_);
            all_sent_ = true;
        }
        changed_.notify_all();
    }

    void stop_sender() {
        if (sender_.joinable()) {
            sender_.request_stop();
            sender_.join();
        }
    }

    // ---- the loop's thread

    /// After each call and each job's end: when the running configuration is another one, what it denies.
    void look(std::size_t i) {
        Stand& stand = *stands_[i];
        if (!begun_ || stand.firewall == nullptr) {
            return;
        }
        stand.firewall->at_device([&](panos::Device& device, panos::Instant) {
            panos::NodePtr running = device.running();
            if (running == stand.looked_at) {
                return;
            }
            stand.looked_at = std::move(running);
            std::vector<bool> denied(addresses_.size());
            for (std::size_t a = 0; a < addresses_.size(); ++a) {
                denied[a] = device.blocks(addresses_[a]);
            }
            std::vector<Finding> wrong = look_at_objects(i);
            const std::lock_guard guard(mutex_);
            account_.looked(i, denied, now());
            stand.denied_most = std::max(stand.denied_most, account_.denied_count(i));
            for (Finding& each : wrong) {
                account_.add(std::move(each));
            }
        });
    }

    /// Ours, by value: each once, and each an attacker that an alert has named.
    std::vector<Finding> look_at_objects(std::size_t i) {
        Stand& stand = *stands_[i];
        std::vector<Finding> wrong;
        std::vector<std::string> names(addresses_.size());
        std::size_t count = 0;
        each_object(stand.looked_at, [&](const std::string& name, const std::string& value) {
            ++count;
            const auto found = by_address_.find(value);
            if (found == by_address_.end()) {
                if (stand.told_twice.insert(value).second) {
                    wrong.push_back({now(),
                                     Wrong::not_named,
                                     account_.firewall(i),
                                     value,
                                     {},
                                     fmt::format("object {} of ours is in the running configuration, and no alert "
                                                 "names it",
                                                 name)});
                }
                return;
            }
            if (!names[found->second].empty() && stand.told_twice.insert(value).second) {
                wrong.push_back({now(),
                                 Wrong::duplicate,
                                 account_.firewall(i),
                                 value,
                                 {},
                                 fmt::format("is there as {} and as {}", names[found->second], name)});
            }
            names[found->second] = name;
        });
        stand.objects = std::move(names);
        stand.objects_most = std::max(stand.objects_most, count);
        return wrong;
    }

    /// Address objects with our tag.
    static void each_object(const panos::NodePtr& configuration,
                            const std::function<void(const std::string&, const std::string&)>& visit) {
        for (const panos::Scope& scope : panos::scopes_of(configuration)) {
            const auto addresses = panos::node_at(scope.node, panos::container_steps(panos::Kind::address));
            if (addresses == nullptr) {
                continue;
            }
            addresses->children().each([&](const panos::Child& child) {
                const panos::Node* const tags = child.node->child("tag");
                if (tags != nullptr && tags->child("member", our_tag) != nullptr) {
                    visit(child.node->value(), without_host_mask(child.node->text_of("ip-netmask")));
                }
                return true;
            });
        }
    }

    /// The static group that has it as a member.
    static std::string group_of(const panos::NodePtr& configuration, const std::string& object) {
        std::string found;
        for (const panos::Scope& scope : panos::scopes_of(configuration)) {
            const auto groups = panos::node_at(scope.node, panos::container_steps(panos::Kind::address_group));
            if (groups == nullptr) {
                continue;
            }
            groups->children().each([&](const panos::Child& child) {
                const panos::Node* const members = child.node->child("static");
                if (members != nullptr && members->child("member", object) != nullptr) {
                    found = child.node->value();
                }
                return found.empty();
            });
        }
        return found;
    }

    /// One that is denied and will be for a while, for a colleague to take away.
    std::optional<Member> victim_at(std::size_t i, std::uint64_t draw) {
        Stand& stand = *stands_[i];
        const std::lock_guard guard(mutex_);
        for (std::size_t k = 0; k < addresses_.size(); ++k) {
            const std::size_t a = (static_cast<std::size_t>(draw) + k) % addresses_.size();
            if (stand.objects[a].empty() || !account_.denied(i, a) || !account_.is_due(a, now())) {
                continue;
            }
            account_.tampered(i, a);
            return Member{stand.objects[a], group_of(stand.looked_at, stand.objects[a])};
        }
        return std::nullopt;
    }

    // ---- the main thread

    Micros now() const { return std::chrono::duration_cast<Micros>(Clock::now() - begin_); }

    void find(Wrong wrong, std::string firewall, std::string text) {
        const std::lock_guard guard(mutex_);
        Finding finding;
        finding.at = now();
        finding.wrong = wrong;
        finding.firewall = std::move(firewall);
        finding.text = std::move(text);
        account_.add(std::move(finding));
    }

    void remark(std::string text) {
        constexpr std::size_t remarks_max = 100;
        if (out_.remarks.size() < remarks_max) {
            out_.remarks.push_back(std::move(text));
        }
    }

    /// Waits for `until`, unless the sender is done or somebody wants it to stop.
    void wait_until(Micros until) {
        std::unique_lock guard(mutex_);
        const bool was_sent = all_sent_;
        changed_.wait_until(guard, options_.stop, begin_ + until, [&] { return all_sent_ != was_sent; });
    }

    /// Does what is due, and gives the time of what is next.
    Micros work_off(Micros horizon) {
        while (!agenda_.empty() && agenda_.begin()->first <= now() && !options_.stop.stop_requested()) {
            const auto what = std::move(agenda_.begin()->second);
            agenda_.erase(agenda_.begin());
            what();
        }
        routine();
        Micros next = std::min(horizon, next_sample_);
        return agenda_.empty() ? next : std::min(next, agenda_.begin()->first);
    }

    bool stopped() const { return options_.stop.stop_requested() || !bridge_ok_; }

    void soak() {
        while (now() < setup_.question.duration && !stopped()) {
            wait_until(work_off(setup_.question.duration));
        }
    }

    void disturb(const Disturbance& what) {
        ++out_.struck[std::string(name_of(what.kind))];
        if (of_bridge(what.kind)) {
            disturb_bridge(what);
            return;
        }
        const Done done = loop_.run([&] {
            Stand& stand = *stands_[what.firewall];
            ++stand.disturbances;
            const auto victim =
                what.kind == Kind::colleague_removes ? victim_at(what.firewall, what.draw) : std::nullopt;
            return begin_disturbance(*stand.firewall, what, victim);
        });
        if (!done) {
            remark(fmt::format("{}: {}", told(what), done.error()));
        }
        agenda_.emplace(what.end(), [this, &what] {
            const Done ended = loop_.run([&] {
                return end_disturbance(*stands_[what.firewall]->firewall, what, [&](std::string wrong) {
                    find(Wrong::firewall, firewall_name(what.firewall), std::move(wrong));
                });
            });
            if (!ended) {
                remark(fmt::format("{}, its end: {}", told(what), ended.error()));
            }
        });
    }

    void disturb_bridge(const Disturbance& what) {
        if (what.kind == Kind::sighup) {
            // Each second one changes something of every target, so that they start anew.
            const Done done = (what.draw % 2 == 0 ? write_config(++turn_ % 2) : Done{}).and_then([this] {
                return bridge_->runs() ? bridge_->reload() : Done{};
            });
            if (!done) {
                bridge_failed(done.error());
            }
            return;
        }
        if (!bridge_->runs()) {
            return;  // it was struck while it is down still
        }
        sample();
        Life& life = out_.lives.back();
        life.ended = now();
        life.end = name_of(what.kind);
        const Done done = what.kind == Kind::sigkill ? bridge_->kill() : bridge_->stop();
        if (!done) {
            find(Wrong::bridge, {}, done.error());
        }
        agenda_.emplace(now() + what.lasts, [this] {
            if (const Done started = start_bridge(); !started) {
                bridge_failed(started.error());
            }
        });
    }

    /// It does not answer as it must. When it has ended, so has the soak.
    void bridge_failed(const std::string& why) {
        find(Wrong::bridge, {}, why);
        bridge_ok_ = bridge_->runs() && load::stage::process_now(bridge_->pid()).has_value() &&
                     why.find("ended unasked") == std::string::npos;
    }

    void routine() {
        const Micros at = now();
        if (at < next_sample_) {
            return;
        }
        next_sample_ = at + sample_every;
        sample();
        std::vector<Finding> fresh;
        {
            const std::lock_guard guard(mutex_);
            account_.tick(at);
        }
        explain_what_is_late();
        if (bridge_->runs() && at >= next_metrics_) {
            next_metrics_ = at + metrics_every;
            look_at_metrics();
            look_at_files();
        }
        if (bridge_->runs() && at >= next_ledger_) {
            next_ledger_ = at + ledger_every;
            compare_ledger(false);
        }
        if (at >= next_progress_) {
            next_progress_ = at + progress_every;
            tell_progress(at);
        }
    }

    void sample() {
        const auto seen = bridge_->runs() ? load::stage::process_now(bridge_->pid()) : std::nullopt;
        if (!seen || out_.lives.empty()) {
            return;
        }
        Life& life = out_.lives.back();
        out_.samples.push_back({now(), out_.lives.size() - 1, seen->resident_bytes, seen->threads});
        life.first_bytes = life.first_bytes == 0 ? seen->resident_bytes : life.first_bytes;
        life.last_bytes = seen->resident_bytes;
        life.peak_bytes = std::max(life.peak_bytes, seen->resident_bytes);
    }

    void look_at_metrics() {
        const auto page = bridge_->page("/metrics");
        if (!page) {
            bridge_failed(page.error());
            return;
        }
        if (const auto open = load::stage::sample_of(*page, "process_open_fds")) {
            out_.descriptors.push_back({now(), *open});
        }
    }

    void look_at_files() {
        std::error_code gone;  // between two lives there is no log
        const auto size = [&gone](const std::string& path) {
            const auto bytes = std::filesystem::file_size(path, gone);
            return gone ? std::uint64_t{0} : static_cast<std::uint64_t>(bytes);
        };
        out_.files.database_last = size(files_.store);
        out_.files.database_most = std::max(out_.files.database_most, out_.files.database_last);
        out_.files.log_most = std::max(out_.files.log_most, size(files_.store + "-wal"));
    }

    /// What is owed and late: the bridge may have a reason.
    void explain_what_is_late() {
        std::size_t count = 0;
        {
            const std::lock_guard guard(mutex_);
            count = account_.findings().size();
        }
        for (; explained_to_ < count; ++explained_to_) {
            Finding late;
            {
                const std::lock_guard guard(mutex_);
                late = account_.findings()[explained_to_];
            }
            if ((late.wrong != Wrong::not_blocked && late.wrong != Wrong::never_denied) || !bridge_->runs()) {
                continue;
            }
            const auto rows = bridge_->page("/blocks?indicator=" + late.address).and_then(rows_of);
            for (const Row& row : rows ? *rows : std::vector<Row>{}) {
                if (row.target == late.firewall) {
                    remark(fmt::format("{}; the bridge says: {} {}", late.told(), row.state, row.reason));
                }
            }
        }
    }

    /// What the bridge says is enforced must be denied, and what is denied must be in its ledger. While faults go on
    /// it may take a moment to learn what a colleague did, so then it is only counted.
    void compare_ledger(bool strictly) {
        const auto rows = bridge_->page("/blocks").and_then(rows_of);
        if (!rows) {
            bridge_failed(rows.error());
            return;
        }
        ++out_.ledger_checks;
        loop_.run([&] {
            const std::lock_guard guard(mutex_);
            std::vector<std::vector<bool>> known(stands_.size(), std::vector<bool>(addresses_.size()));
            for (const Row& row : *rows) {
                const auto address = by_address_.find(row.indicator);
                const auto firewall = firewall_index(row.target);
                if (address == by_address_.end() || !firewall) {
                    account_.add({now(), Wrong::not_named, row.target, row.indicator, {}, "is in the ledger"});
                    continue;
                }
                known[*firewall][address->second] = true;
                if (row.state == "refused" || row.state == "held") {
                    account_.explained(*firewall, address->second, row.reason);
                    remark_once(fmt::format("{}: {} blocks because of: {}", row.target, row.state, row.reason));
                }
                if (strictly && row.state == "enforced" && !account_.denied(*firewall, address->second)) {
                    account_.add({now(),
                                  Wrong::bridge,
                                  row.target,
                                  row.indicator,
                                  {},
                                  "the bridge says that it is enforced, and its traffic is allowed"});
                }
            }
            for (std::size_t f = 0; strictly && f < stands_.size(); ++f) {
                for (std::size_t a = 0; a < addresses_.size(); ++a) {
                    if (account_.denied(f, a) && !known[f][a]) {
                        account_.add({now(),
                                      Wrong::bridge,
                                      account_.firewall(f),
                                      addresses_[a],
                                      {},
                                      "is denied, and the bridge knows of no such block"});
                    }
                    if (account_.is_due(a, now()) && !account_.denied(f, a)) {
                        account_.add({now(),
                                      Wrong::not_blocked,
                                      account_.firewall(f),
                                      addresses_[a],
                                      {},
                                      "is owed when all is at rest, and not denied"});
                    }
                }
            }
        });
    }

    std::optional<std::size_t> firewall_index(const std::string& name) const {
        for (std::size_t i = 0; i < stands_.size(); ++i) {
            if (account_.firewall(i) == name) {
                return i;
            }
        }
        return std::nullopt;
    }

    void remark_once(std::string text) {
        if (std::find(out_.remarks.begin(), out_.remarks.end(), text) == out_.remarks.end()) {
            remark(std::move(text));
        }
    }

    void tell_progress(Micros at) {
        if (!options_.on_progress) {
            return;
        }
        const std::lock_guard guard(mutex_);
        std::string denied;
        for (std::size_t i = 0; i < stands_.size(); ++i) {
            denied += fmt::format(" {}", account_.denied_count(i));
        }
        options_.on_progress(fmt::format(
            "{:>8}  sent {}, acknowledged {}, denied{}, owed {}, memory {:.1f} MiB, findings {}", load::time_text(at),
            progress_.sent.load(std::memory_order_relaxed), account_.acknowledged_count(), denied, account_.open(),
            out_.samples.empty() ? 0.0 : static_cast<double>(out_.samples.back().resident_bytes) / 1048576.0,
            account_.findings_count()));
    }

    // ---- the end

    bool sender_done() {
        const std::lock_guard guard(mutex_);
        return all_sent_;
    }

    std::size_t owed() {
        const std::lock_guard guard(mutex_);
        return account_.open();
    }

    std::size_t denied() {
        const std::lock_guard guard(mutex_);
        std::size_t all = 0;
        for (std::size_t i = 0; i < stands_.size(); ++i) {
            all += account_.denied_count(i);
        }
        return all;
    }

    /// Goes on as before until `done`; false: it was not by `deadline`.
    bool go_on_until(const std::function<bool()>& done, Micros deadline) {
        while (!stopped()) {
            const Micros next = work_off(deadline);
            if (agenda_.empty() && done()) {
                return true;
            }
            if (now() >= deadline) {
                return false;
            }
            wait_until(next);
        }
        return false;
    }

    void drain() {
        const Micros last = setup_.question.duration;
        const Micros settled_by = last + setup_.question.patience + settling;
        if (!go_on_until([this] { return sender_done() && owed() == 0; }, settled_by) && !stopped()) {
            find(Wrong::bridge, {},
                 fmt::format("{} after the last alert {} blocks are owed still", load::time_text(settled_by - last),
                             owed()));
        }
        stop_sender();
        if (!stopped()) {
            compare_ledger(true);
        }
        std::string unrest;
        const auto at_rest = [&] {
            const auto left =
                bridge_->page("/status").and_then([](const std::string& page) { return unrest_of(page, true); });
            unrest = left ? *left : left.error();
            return unrest.empty() && denied() == 0;
        };
        if (!go_on_until(at_rest, settled_by + setup_.question.expire + setup_.question.patience) && !stopped()) {
            find(Wrong::bridge, {},
                 fmt::format("all blocks have expired, and {} are denied still; {}", denied(), unrest));
        }
        out_.drained = now() - last;
    }

    void collect() {
        out_.interrupted = options_.stop.stop_requested();
        stop_sender();
        loop_.run([this] {
            for (std::size_t i = 0; i < stands_.size(); ++i) {
                collect_firewall(i);
            }
        });
        if (bridge_->runs()) {
            sample();
            look_at_metrics();
            if (out_.descriptors.size() > 1) {
                out_.descriptors_left = out_.descriptors.back().value - out_.descriptors.front().value;
            }
            out_.lives.back().ended = now();
            out_.lives.back().end = "SIGTERM";
            if (const Done stopped = bridge_->stop(); !stopped) {
                find(Wrong::bridge, {}, stopped.error());
            }
        }
        out_.took = now();
        look_at_files();
        collect_alerts();
        if (!out_.interrupted) {
            judge_growth();
        }
        const std::lock_guard guard(mutex_);
        for (const std::string& line : omens_seen_) {
            account_.add({now(), Wrong::bridge, {}, {}, {}, "its log says: " + line});
        }
        if (const auto own = load::stage::use_of_process(getpid())) {
            out_.own_peak_bytes = own->peak_bytes;
        }
        out_.log_lines = log_lines_;
        out_.log_warnings = log_warnings_;
        out_.accounted = account_.accounted();
        out_.explained = account_.explained_count();
        out_.blocks = account_.blocks();
        out_.removals = account_.removals();
        out_.waits = account_.waits();
        out_.owed = account_.acknowledged_count() * stands_.size();
        out_.findings = account_.findings();
        out_.findings_count = account_.findings_count();
    }

    /// On the loop's thread.
    void collect_firewall(std::size_t i) {
        Stand& stand = *stands_[i];
        FirewallSeen seen;
        seen.name = account_.firewall(i);
        seen.disturbances = stand.disturbances;
        seen.denied_most = stand.denied_most;
        seen.objects_most = stand.objects_most;
        stand.firewall->at_device([&](panos::Device& device, panos::Instant) {
            for (std::size_t c = stand.commits_before; c < device.commits().size(); ++c) {
                const panos::RecordedCommit& commit = device.commits()[c];
                if (commit.administrator != bridge_user) {
                    continue;
                }
                const bool ok = commit.result == panos::JobResult::ok;
                const bool empty = commit.objects_added.empty() && commit.objects_removed.empty() &&
                                   commit.objects_changed.empty() && commit.groups.empty() && !commit.changed_elsewhere;
                ++seen.commits;
                seen.ok += ok ? 1U : 0U;
                seen.failed += commit.result == panos::JobResult::fail ? 1U : 0U;
                seen.empty += ok && empty ? 1U : 0U;
            }
            seen.calls = device.calls_dropped() + device.calls().size();
            if (!stopped()) {
                check_left_over(i, device);
            }
        });
        // A bridge that has one commit under way at a time cannot make more than fit; each disturbance and each start
        // may cost two beside that.
        const std::size_t incidents =
            stand.disturbances + out_.lives.size() + (out_.struck.contains("SIGHUP") ? out_.struck.at("SIGHUP") : 0);
        const auto fit = static_cast<std::size_t>(now() / std::max(setup_.question.commit_time, Micros(1s)));
        seen.commits_max = fit + 2 * incidents + 2;
        seen.empty_max = 2 * incidents + 2;
        if (seen.commits > seen.commits_max || seen.empty > seen.empty_max) {
            find(Wrong::growth, seen.name,
                 fmt::format("a commit storm: {} commits, {} of them empty; {} and {} are explained", seen.commits,
                             seen.empty, seen.commits_max, seen.empty_max));
        }
        out_.firewalls.push_back(std::move(seen));
    }

    /// When every block has expired nothing of ours may be left.
    void check_left_over(std::size_t i, panos::Device& device) {
        for (const bool running : {true, false}) {
            std::size_t left = 0;
            std::string one;
            each_object(running ? device.running() : device.candidate(),
                        [&](const std::string& name, const std::string& value) {
                            ++left;
                            one = fmt::format("{} ({})", name, value);
                        });
            if (left > 0) {
                find(Wrong::firewall, account_.firewall(i),
                     fmt::format("{} objects of ours are left in the {} configuration, {} among them", left,
                                 running ? "running" : "candidate", one));
            }
        }
        if (!device.pending(bridge_user).empty()) {
            find(Wrong::firewall, account_.firewall(i), "has changes of the bridge that were never committed");
        }
    }

    void collect_alerts() {
        std::size_t unsent = 0;
        for (const load::Sent& each : sent_) {
            out_.acknowledged += each.acknowledged() ? 1U : 0U;
            out_.tries += each.tries;
            out_.sent_again += each.acknowledged() && each.tries > 1 ? 1U : 0U;
            unsent += each.acknowledged() ? 0U : 1U;
            if (each.acknowledged()) {
                out_.acknowledgement.add(each.answered - each.due);
            }
        }
        if (!out_.interrupted && (unsent > 0 || sent_.size() < out_.alerts)) {
            find(Wrong::bridge, {},
                 fmt::format("{} alerts were never acknowledged", unsent + out_.alerts - sent_.size()));
        }
        const auto journal = journal_alerts(files_.store, first_id, out_.alerts);
        if (!journal) {
            find(Wrong::journal, {}, journal.error());
            return;
        }
        for (std::size_t i = 0; i < journal->size(); ++i) {
            out_.files.alerts_in_journal += (*journal)[i];
            const bool acknowledged = i < sent_.size() && sent_[i].acknowledged();
            if ((acknowledged && (*journal)[i] != 1) || (*journal)[i] > 1) {
                const std::lock_guard guard(mutex_);
                account_.add({now(),
                              Wrong::journal,
                              {},
                              addresses_[campaign_.attacker_of(i)],
                              first_id + i,
                              fmt::format("is in the journal {} times", (*journal)[i])});
            }
        }
    }

    void judge_growth() {
        const Question& asked = setup_.question;
        std::vector<Level> resident;
        std::vector<Level> threads;
        for (const Sample& each : out_.samples) {
            resident.push_back({each.at, static_cast<double>(each.resident_bytes)});
            threads.push_back({each.at, static_cast<double>(each.threads)});
        }
        out_.resident = flatness_of(resident, asked.judged_from, asked.duration, asked.judged_parts);
        out_.threads_rise = floor_rise(threads, asked.judged_from, asked.duration);
        if (asked.flat_within > 0) {
            if (!out_.resident || !out_.threads_rise) {
                find(Wrong::growth, {}, "too few samples to judge memory and threads");
            } else {
                if (!out_.resident->flat(asked.flat_within)) {
                    find(Wrong::growth, {},
                         fmt::format("memory is not flat: spread {:.1f} %, trend {:+.1f} %, at most {:.1f} % each",
                                     100 * out_.resident->spread, 100 * out_.resident->trend, 100 * asked.flat_within));
                }
                if (*out_.threads_rise > 0) {
                    find(Wrong::growth, {},
                         fmt::format("even in quiet moments {:+.0f} threads more than before", *out_.threads_rise));
                }
            }
        }
        // Beside the appliances' connections it may keep two to each firewall.
        const auto descriptors_max = static_cast<double>(2 * stands_.size() + 2);
        if (!out_.descriptors_left || *out_.descriptors_left > descriptors_max) {
            find(Wrong::growth, {},
                 out_.descriptors_left ? fmt::format("{:+.0f} descriptors are open at the end; {} are explained",
                                                     *out_.descriptors_left, descriptors_max)
                                       : std::string("the bridge does not tell how many descriptors are open"));
        }
        const std::uint64_t database_max = database_bytes_base + database_bytes_an_alert * out_.alerts;
        if (out_.files.database_most > database_max || out_.files.log_most > log_bytes_max) {
            find(Wrong::growth, {},
                 fmt::format("the database has {} bytes and its log {}; {} and {} are explained",
                             out_.files.database_most, out_.files.log_most, database_max, log_bytes_max));
        }
    }

    // ---- the thread that reads the bridge's output

    void hear(const std::string& line) {
        constexpr std::size_t omens_max = 20;
        const std::lock_guard guard(log_mutex_);
        log_ << line << '\n';
        ++log_lines_;
        log_warnings_ += line.find(" warning ") != std::string::npos ? 1U : 0U;
        for (const std::string_view omen : omens) {
            if (line.find(omen) != std::string::npos && omens_seen_.size() < omens_max) {
                omens_seen_.push_back(line);
            }
        }
    }

    const Setup& setup_;
    const Options& options_;
    Campaign campaign_;
    std::vector<std::string> addresses_;
    std::unordered_map<std::string, std::size_t> by_address_;
    std::mutex mutex_;  // of the account and of all_sent_
    std::condition_variable_any changed_;
    Account account_;
    bool all_sent_ = false;
    std::string directory_;
    std::string password_;
    lab::BridgeFiles files_;
    std::unique_ptr<lab::ReservedPort> port_;
    int turn_ = 0;
    Clock::time_point begin_{};
    Result out_;
    std::multimap<Micros, std::function<void()>> agenda_;
    Micros next_sample_{0};
    Micros next_metrics_{0};
    Micros next_ledger_ = ledger_every;
    Micros next_progress_ = progress_every;
    std::size_t explained_to_ = 0;
    bool bridge_ok_ = true;
    std::mutex log_mutex_;
    std::ofstream log_;
    std::uint64_t log_lines_ = 0;
    std::uint64_t log_warnings_ = 0;
    std::vector<std::string> omens_seen_;
    load::SendPlan plan_;
    load::SendProgress progress_;
    std::vector<load::Sent> sent_;
    lab::LoopThread loop_;
    bool begun_ = false;  // on the loop's thread
    std::vector<std::unique_ptr<Stand>> stands_;
    std::unique_ptr<lab::BridgeProcess> bridge_;
    std::jthread sender_;
};

}  // namespace

tl::expected<Result, std::string> run(const Setup& setup, const Options& options) {
    return Stage(setup, options).run();
}

}  // namespace sim::soak
