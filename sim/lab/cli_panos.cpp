// firebreak-lab panos
#include <fmt/format.h>

#include <signal.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>

#include "sim/lab/cli.hpp"
#include "sim/lab/fleet_file.hpp"
#include "sim/lab/real/web_lists.hpp"
#include "sim/lab/state_file.hpp"
#include "sim/lab/world/scratch.hpp"
#include "sim/panos/configuration/model.hpp"
#include "sim/panos/machine/role.hpp"
#include "sim/panos/server.hpp"
#include "yaml/reader.hpp"

namespace sim::lab {

namespace {

using Text = tl::expected<std::string, std::string>;

struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
};

tl::expected<Endpoint, std::string> endpoint(const std::string& option, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Endpoint endpoint;
    if (colon != std::string::npos) {
        endpoint.address = text.substr(0, colon);
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
        if (endpoint.address.size() > 2 && endpoint.address.front() == '[' && endpoint.address.back() == ']') {
            endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
        }
        if (error == std::errc{} && stop == end && !endpoint.address.empty()) {
            return endpoint;
        }
    }
    return tl::unexpected(fmt::format("{}: '{}' is no ADDRESS:PORT", option, text));
}

tl::expected<panos::DeviceOptions, std::string> device_of(const PanosCommand& command) {
    panos::DeviceOptions options;
    options.version = command.version;
    options.model = command.panorama ? "Panorama" : command.model;
    options.prepare_group = command.prepare;
    const panos::Model* model = panos::find_model(command.model);
    options.commit_time = model == nullptr ? options.commit_time : model->commit_time();
    for (const auto& [option, text, time] :
         {std::tuple("--commit-time", &command.commit_time, &options.commit_time),
          std::tuple("--call-time", &command.call_time, &options.management.service)}) {
        if (text->empty()) {
            continue;
        }
        const auto read = yaml::parse_duration(*text);
        if (!read) {
            return tl::unexpected(fmt::format("{}: '{}' is no duration; write it as 250ms, 30s or 5m", option, *text));
        }
        *time = *read;
    }
    options.administrators.clear();
    for (const std::string& user : command.users) {
        const std::size_t colon = user.find(':');
        if (colon == std::string::npos || colon == 0) {
            return tl::unexpected(std::string("--user: write it as NAME:PASSWORD or NAME:PASSWORD:ROLE"));
        }
        std::size_t second = user.find(':', colon + 1);  // a password may hold colons as well
        while (second != std::string::npos && !panos::names_a_role(std::string_view(user).substr(second + 1))) {
            second = user.find(':', second + 1);
        }
        options.administrators.push_back({user.substr(0, colon), user.substr(colon + 1, second - colon - 1),
                                          second == std::string::npos ? std::string{} : user.substr(second + 1)});
    }
    if (!command.load.empty()) {
        std::ifstream in(command.load, std::ios::binary);
        if (!in) {
            return tl::unexpected(fmt::format("--load: {}: cannot be read", command.load));
        }
        options.load_xml.assign(std::istreambuf_iterator<char>(in), {});
    }
    return options;
}

int fail(const std::string& why) {
    std::cerr << "firebreak-lab: " << why << '\n';
    return unusable;
}

int serve_fleet(const PanosCommand& command) {
    auto file = read_fleet(command.fleet);
    if (!file) {
        return fail(file.error());
    }
    net::EventLoop::hold_signals({SIGINT, SIGTERM});
    net::EventLoop loop;
    const auto lists = std::make_shared<WebLists>(loop);
    for (FleetDevice& device : *file) {
        device.options.list_fetcher = lists;
    }
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto fleet = make_fleet(*file, now);
    auto scratch = Scratch::make();
    if (!fleet || !scratch) {
        return fail(!fleet ? command.fleet + ": " + fleet.error() : scratch.error());
    }
    loop.on_signals({SIGINT, SIGTERM}, [&loop](int) { loop.stop(); });
    std::vector<std::unique_ptr<panos::PanosServer>> servers;
    for (std::size_t i = 0; i < file->size(); ++i) {
        const FleetDevice& device = (*file)[i];
        const std::string where = fmt::format("{}: devices.{}", command.fleet, device.options.name);
        const auto listen = endpoint(where + ".listen", device.listen);
        const auto control = endpoint(where + ".control", device.control);
        if (!listen || !control) {
            return fail(!listen ? listen.error() : control.error());
        }
        panos::ServerOptions options;
        options.address = listen->address;
        options.port = listen->port;
        options.plain = command.plain;
        options.control_address = control->address;
        options.control_port = control->port;
        options.certificate_directory = scratch->path();
        auto server = panos::PanosServer::make(loop, *fleet->devices[i], options);
        if (!server) {
            return fail(where + ": " + server.error());
        }
        servers.push_back(std::move(*server));
    }
    lists->on_answer([&servers] {
        for (const auto& server : servers) {
            server->changed();
        }
    });
    std::cout << panos::PanosServer::first_line(servers) << std::endl;
    loop.run();
    lists->on_answer(nullptr);
    return ok;
}

}  // namespace

int panos_command(const PanosCommand& command) {
    if (!command.fleet.empty()) {
        return serve_fleet(command);
    }
    auto device_options = device_of(command);
    const auto listen = endpoint("--listen", command.listen);
    const auto control = endpoint("--control", command.control);
    if (!device_options || !listen || !control) {
        return fail(!device_options ? device_options.error() : !listen ? listen.error() : control.error());
    }
    net::EventLoop::hold_signals({SIGINT, SIGTERM});
    net::EventLoop loop;
    const auto lists = std::make_shared<WebLists>(loop);
    device_options->list_fetcher = lists;
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    auto device = panos::Device::make(std::move(*device_options), now);
    auto scratch = Scratch::make();
    if (!device || !scratch) {
        return fail(!device ? device.error() : scratch.error());
    }
    StateFile state(command.state);
    if (const auto went_on = state.restore(**device); !went_on) {
        return fail(went_on.error());
    }
    panos::ServerOptions options;
    options.address = listen->address;
    options.port = listen->port;
    options.plain = command.plain;
    options.control_address = control->address;
    options.control_port = control->port;
    options.certificate_directory = scratch->path();

    loop.on_signals({SIGINT, SIGTERM}, [&loop](int) { loop.stop(); });
    auto server = panos::PanosServer::make(loop, **device, options);
    if (!server) {
        return fail(server.error());
    }
    // A large configuration is not written anew with every call, but soon after.
    std::unique_ptr<net::Timer> soon;
    (*server)->on_change([&] {
        if (!soon && state.wants(**device)) {
            soon = loop.after(std::chrono::milliseconds(200), [&] {
                state.keep(**device);
                soon = nullptr;
            });
        }
    });
    lists->on_answer([&server] { (*server)->changed(); });
    std::cout << (*server)->first_line() << std::endl;
    loop.run();
    lists->on_answer(nullptr);
    state.keep(**device);
    return ok;
}

}  // namespace sim::lab
