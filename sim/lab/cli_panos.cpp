// firebreak-lab panos
#include <fmt/format.h>

#include <signal.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>

#include "sim/lab/cli.hpp"
#include "sim/lab/scratch.hpp"
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
    options.model = command.model;
    options.prepare_group = command.prepare;
    const auto commit_time = yaml::parse_duration(command.commit_time);
    if (!commit_time) {
        return tl::unexpected(
            fmt::format("--commit-time: '{}' is no duration; write it as 250ms, 30s or 5m", command.commit_time));
    }
    options.commit_time = *commit_time;
    options.administrators.clear();
    for (const std::string& user : command.users) {
        const std::size_t colon = user.find(':');
        if (colon == std::string::npos || colon == 0) {
            return tl::unexpected(std::string("--user: write it as NAME:PASSWORD"));
        }
        options.administrators.push_back({user.substr(0, colon), user.substr(colon + 1)});
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

}  // namespace

int panos_command(const PanosCommand& command) {
    auto device_options = device_of(command);
    const auto listen = endpoint("--listen", command.listen);
    const auto control = endpoint("--control", command.control);
    if (!device_options || !listen || !control) {
        return fail(!device_options ? device_options.error() : !listen ? listen.error() : control.error());
    }
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    auto device = panos::Device::make(std::move(*device_options), now);
    auto scratch = Scratch::make();
    if (!device || !scratch) {
        return fail(!device ? device.error() : scratch.error());
    }
    panos::ServerOptions options;
    options.address = listen->address;
    options.port = listen->port;
    options.plain = command.plain;
    options.control_address = control->address;
    options.control_port = control->port;
    options.certificate_directory = scratch->path();

    net::EventLoop loop;
    loop.on_signals({SIGINT, SIGTERM}, [&loop](int) { loop.stop(); });
    auto server = panos::PanosServer::make(loop, **device, options);
    if (!server) {
        return fail(server.error());
    }
    std::cout << (*server)->first_line() << std::endl;
    loop.run();
    return ok;
}

}  // namespace sim::lab
