#include "sim/soak/stage/disturb.hpp"

#include <fmt/format.h>

#include <array>

namespace sim::soak {

namespace {

using Done = tl::expected<void, std::string>;
using panos::Fault;
using panos::FaultAnswer;
using panos::FaultOn;
using namespace std::chrono_literals;

constexpr std::string_view vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
// Who works beside the bridge, and on what. They do not commit each other's changes.
constexpr const char* locker = "carol";
constexpr const char* remover = "dave";
constexpr const char* editor = "erin";
constexpr const char* edited_object = "erins-draft";

template <class T, std::size_t N>
T one_of(const std::array<T, N>& all, std::uint64_t draw) {
    return all.at(static_cast<std::size_t>(draw % N));
}

/// The faults of the desk; nullopt for what is done otherwise.
std::optional<Fault> fault_of(const Disturbance& what) {
    Fault fault;
    const auto few = [&what](std::uint32_t most) { return static_cast<std::uint32_t>(1 + what.draw / 1000 % most); };
    switch (what.kind) {
        case Kind::http_error:
            fault.answer = FaultAnswer::http;
            fault.code = one_of(std::array{500, 502, 503}, what.draw);
            break;
        case Kind::slow:
            fault.delay = 500ms + std::chrono::milliseconds(what.draw % 2500);
            break;
        case Kind::cut:
            fault.cut_after = what.draw % 400;
            fault.times = few(3);
            break;
        case Kind::dropped:
            fault.drop = what.draw % 2 == 0 ? Fault::Drop::before : Fault::Drop::after;
            fault.times = few(3);
            break;
        case Kind::wrong_xml:
            fault.answer = FaultAnswer::wrong_xml;
            fault.times = few(4);
            break;
        case Kind::truncated:
            fault.answer = FaultAnswer::truncated;
            fault.times = few(4);
            break;
        case Kind::busy:
            fault.on = FaultOn::commit;
            fault.answer = FaultAnswer::busy;
            break;
        case Kind::job_fails:
            fault.on = FaultOn::commit_job;
            fault.answer = FaultAnswer::job_fail;
            fault.details = {"Validation Error"};
            fault.times = 1;
            break;
        case Kind::slow_commit:
            fault.on = FaultOn::commit_job;
            fault.commit_time = what.lasts;
            fault.times = 1;
            break;
        case Kind::job_lost:
            fault.on = FaultOn::job;
            fault.answer = FaultAnswer::code;
            fault.code = 7;  // PAN-OS XML API: object not present
            fault.times = few(2);
            break;
        case Kind::forgotten:
            fault.on = one_of(std::array{FaultOn::set, FaultOn::erase, FaultOn::edit, FaultOn::commit}, what.draw);
            fault.answer = FaultAnswer::forgotten;
            fault.times = 1;
            break;
        default:
            return std::nullopt;
    }
    return fault;
}

}  // namespace

Done begin_disturbance(lab::RealFirewall& firewall, const Disturbance& what, const std::optional<Member>& victim) {
    if (what.kind == Kind::unplugged) {
        firewall.stop_listening();
        return {};
    }
    Done done;
    firewall.at_device([&](panos::Device& device, panos::Instant now) {
        if (auto fault = fault_of(what)) {
            fault->until = now + what.lasts;
            device.faults().add(std::move(*fault));
            return;
        }
        switch (what.kind) {
            case Kind::commit_lock:
            case Kind::config_lock: {
                const auto kind = what.kind == Kind::commit_lock ? panos::LockKind::commit : panos::LockKind::config;
                if (!device.lock(kind, locker, "works on it", now)) {
                    done = tl::unexpected(std::string("somebody holds the lock already"));
                }
                return;
            }
            case Kind::reboot:
                device.reboot(now);
                return;
            case Kind::key_rejected:
                device.expire_keys();
                return;
            case Kind::colleague_edits:
                done = device.set_as(editor, fmt::format("{}/address/entry[@name='{}']", vsys, edited_object),
                                     "<ip-netmask>192.0.2.77</ip-netmask>", now);
                return;
            case Kind::colleague_removes:
                if (victim) {
                    done = device.delete_as(remover,
                                            fmt::format("{}/address-group/entry[@name='{}']/static/member[text()='{}']",
                                                        vsys, victim->group, victim->object),
                                            now);
                    if (done) {
                        const auto job = device.commit_as(remover, true, now);
                        done = job ? Done{} : Done(tl::unexpected(job.error()));
                    }
                }
                return;
            default:
                return;
        }
    });
    firewall.changed();
    return done;
}

Done end_disturbance(lab::RealFirewall& firewall, const Disturbance& what,
                     const std::function<void(std::string)>& told) {
    if (what.kind == Kind::unplugged) {
        return firewall.listen();
    }
    Done done;
    firewall.at_device([&](panos::Device& device, panos::Instant now) {
        if (what.kind == Kind::commit_lock) {
            device.unlock(panos::LockKind::commit, locker);
        } else if (what.kind == Kind::config_lock) {
            device.unlock(panos::LockKind::config, locker);
        } else if (what.kind == Kind::colleague_edits) {
            if (device.running_xml().find(edited_object) != std::string::npos) {
                told(fmt::format("{}, which {} has not committed, is in the running configuration", edited_object,
                                 editor));
            }
            done = device.delete_as(editor, fmt::format("{}/address/entry[@name='{}']", vsys, edited_object), now);
        }
    });
    firewall.changed();
    return done;
}

}  // namespace sim::soak
