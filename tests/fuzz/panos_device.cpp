#include "panos_device.hpp"

#include <cstdio>
#include <cstdlib>
#include <pugixml.hpp>

namespace fuzz {
namespace {

constexpr std::string_view password = "correct-horse-battery";
constexpr std::string_view vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
constexpr std::string_view objects = R"(
<tag><entry name="t"><color>color1</color></entry></tag>
<address>
 <entry name="a"><ip-netmask>192.0.2.1</ip-netmask><tag><member>t</member></tag></entry>
 <entry name="b"><ip-range>192.0.2.2-192.0.2.9</ip-range></entry>
 <entry name="c"><fqdn>c.evil.test</fqdn></entry>
</address>
<address-group>
 <entry name="g"><static><member>a</member><member>b</member></static></entry>
 <entry name="h"><static><member>g</member><member>c</member></static></entry>
</address-group>
<rulebase><security><rules>
 <entry name="r"><from><member>trust</member></from><to><member>untrust</member></to>
  <source><member>any</member></source><destination><member>h</member></destination>
  <application><member>any</member></application><service><member>any</member></service><action>deny</action></entry>
</rules></security></rulebase>)";

std::string percent_encoded(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

}  // namespace

void promise(bool kept, const char* which) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", which);
        std::abort();
    }
}

PanosDevice::PanosDevice() {
    static const PanosDevice pattern{SetUp{}};
    device_ = pattern.device_->twin();
    promise(device_ != nullptr, "a device at rest has a twin");
    key_ = pattern.key_;
    now_ = pattern.now_;
}

PanosDevice::PanosDevice(SetUp) : now_(std::chrono::seconds(1'700'000'000)) {
    sim::panos::DeviceOptions options;
    options.administrators = {{"admin", std::string(password)}};
    options.commit_time = std::chrono::seconds(1);
    auto made = sim::panos::Device::make(std::move(options), now_);
    promise(made.has_value(), "a device can be made");
    device_ = std::move(*made);
    key_ = device_->api_key("admin");
    promise(device_->set_as("admin", vsys, objects, now_).has_value(), "the objects are valid");
    const std::string rule = std::string(vsys) + "/rulebase/security/rules/entry[@name='r']";
    call({{"type", "config"}, {"action", "move"}, {"xpath", rule}, {"where", "top"}});
    promise(device_->commit_as("admin", false, now_).has_value(), "they can be committed");
    let_jobs_end();
    promise(device_->blocks("192.0.2.1"), "the rule denies");
}

std::string PanosDevice::call(const Fields& fields) {
    sim::panos::ApiCall request;
    request.method = "POST";
    request.target = "/api/";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = "key=" + key_;
    bool guessed = false;  // the fuzzer learns from comparisons, and a refusal repeats what it quotes
    for (const auto& [name, value] : fields) {
        guessed = guessed || value.find(key_) != std::string::npos || value.find(password) != std::string::npos;
        request.body += '&' + std::string(name) + '=' + percent_encoded(value);
    }
    now_ += std::chrono::milliseconds(1);
    const auto answer = device_->handle(request, now_);
    promise(answer.status >= 200 && answer.status < 500, "a status is no server error");
    promise(guessed || answer.body.find(key_) == std::string::npos, "no answer holds the key");
    promise(guessed || answer.body.find(password) == std::string::npos, "no answer holds the password");
    pugi::xml_document document;
    const auto read = document.load_buffer(answer.body.data(), answer.body.size(), pugi::parse_full);
    promise(read.status == pugi::status_ok, "an answer is well-formed");
    const pugi::xml_node root = document.document_element();
    promise(std::string_view(root.name()) == "response", "an answer is a <response>");
    const std::string_view status = root.attribute("status").value();
    promise(status == "success" || status == "error" || status == "unauth", "an answer has a status");
    return answer.body;
}

void PanosDevice::let_jobs_end() {
    for (int turns = 0; turns < 1000; ++turns) {
        const auto next = device_->next_event();
        if (!next) {
            return;
        }
        now_ = std::max(now_, *next);
        device_->advance(now_);
    }
    promise(false, "jobs come to an end");
}

}  // namespace fuzz
