// panos_conformance TRANSCRIPT: plays it to a mock firewall of each version, and compares the answers, to the byte,
// with TRANSCRIPT's neighbour *.answers. UPDATE_GOLDEN=1 writes that file anew. Versions that answer alike stand
// together.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "sim/panos/device.hpp"
#include "transcript.hpp"

namespace {

using conformance::Request;
using conformance::Transcript;

/// 2018-06-12 04:36:45 UTC
constexpr sim::panos::Instant start{std::chrono::seconds(1'528'778'205)};

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string shown(const sim::panos::ApiAnswer& answer) {
    std::string out;
    if (answer.status != 200) {
        out += fmt::format("HTTP {}\n", answer.status);
    }
    for (const auto& header : answer.headers) {
        if (header.name != "Content-Type" || header.value != "application/xml; charset=UTF-8") {
            out += fmt::format("{}: {}\n", header.name, header.value);
        }
    }
    return out + answer.body;
}

sim::panos::ApiCall call_of(const Request& request, const sim::panos::Device& device) {
    sim::panos::ApiCall call;
    call.method = request.method;
    call.target = request.target;
    call.peer = "192.0.2.9";
    const std::string key = device.api_key(request.administrator);
    if (request.parameters.empty()) {
        call.headers = {{"X-PAN-KEY", key}, {"Content-Type", "application/json"}};
        call.body = request.body;
        return call;
    }
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    for (const auto& [name, value] : request.parameters) {
        call.body += fmt::format("{}{}={}", call.body.empty() ? "" : "&", name, percent_encoded(value));
    }
    if (request.with_key) {
        call.body += "&key=" + key;
    }
    return call;
}

std::vector<std::string> answers_of(const Transcript& transcript, const std::string& version) {
    sim::panos::DeviceOptions options;
    options.administrators = {{"admin", "secret-one"}, {"bridge", "secret-two"}};
    options.version = version;
    options.model = transcript.model;
    options.commit_time = std::chrono::seconds(20);
    auto now = start;
    auto device = sim::panos::Device::make(std::move(options), now);
    if (!device) {
        throw std::runtime_error(device.error());
    }
    std::vector<std::string> answers;
    for (const Request& request : transcript.requests) {
        now += request.waited_before;
        (*device)->advance(now);
        answers.push_back(shown((*device)->handle(call_of(request, **device), now)));
    }
    return answers;
}

std::string played(const Transcript& transcript) {
    std::vector<std::vector<std::string>> by_version;
    for (const std::string& version : transcript.versions) {
        by_version.push_back(answers_of(transcript, version));
    }
    std::string out;
    for (std::size_t i = 0; i < transcript.requests.size(); ++i) {
        out += transcript.requests[i].title + '\n';
        std::vector<std::pair<std::string, std::string>> different;  // answer, versions
        for (std::size_t v = 0; v < by_version.size(); ++v) {
            const std::string& answer = by_version[v][i];
            if (different.empty() || different.back().first != answer) {
                different.emplace_back(answer, transcript.versions[v]);
            } else {
                different.back().second += ' ' + transcript.versions[v];
            }
        }
        for (const auto& [answer, versions] : different) {
            out +=
                different.size() == 1 ? fmt::format("=> {}\n", answer) : fmt::format("[{}]\n=> {}\n", versions, answer);
        }
        out += '\n';
    }
    return out;
}

int compare(const std::string& path, const std::string& expected, const std::string& actual) {
    std::size_t line = 1;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < std::min(expected.size(), actual.size()) && expected[i] == actual[i]; ++i) {
        if (actual[i] == '\n') {
            ++line;
            begin = i + 1;
        }
    }
    if (expected == actual) {
        return 0;
    }
    const auto line_at = [begin](const std::string& text) {
        return begin < text.size() ? text.substr(begin, text.find('\n', begin) - begin) : std::string("(the end)");
    };
    std::cerr << fmt::format("{}:{}: expected\n{}\nbut the answer is\n{}\nUPDATE_GOLDEN=1 takes it as right.\n", path,
                             line, line_at(expected), line_at(actual));
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: panos_conformance TRANSCRIPT\n";
        return 2;
    }
    const std::string path = argv[1];
    const auto transcript = conformance::read_transcript(path);
    if (!transcript) {
        std::cerr << transcript.error() << '\n';
        return 2;
    }
    const std::string golden = path.substr(0, path.rfind('.')) + ".answers";
    const std::string actual = played(*transcript);
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream(golden, std::ios::binary) << actual;
        return 0;
    }
    std::ifstream in(golden, std::ios::binary);
    return compare(golden, {std::istreambuf_iterator<char>(in), {}}, actual);
}
