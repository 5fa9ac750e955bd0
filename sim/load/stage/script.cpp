#include "sim/load/stage/script.hpp"

#include <fmt/format.h>

#include "bridge/panos/request.hpp"
#include "sim/load/stage/setup.hpp"

namespace sim::load::stage {

namespace {

constexpr std::chrono::milliseconds look_every{1000};
constexpr std::string_view vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";

std::string set_form(const std::string& below, const std::string& element) {
    return fmt::format("type=config&action=set&xpath={}&element={}",
                       bridge::panos::url_encoded(std::string(vsys) + below), bridge::panos::url_encoded(element));
}

/// The text of the first element of that name; empty: there is none.
std::string text_of(const std::string& body, const std::string& name) {
    const std::string open = "<" + name + ">";
    const std::size_t at = body.find(open);
    const std::size_t end = at == std::string::npos ? at : body.find("</", at);
    return end == std::string::npos ? std::string() : body.substr(at + open.size(), end - at - open.size());
}

}  // namespace

Script::Script(lab::Scheduler& scheduler, std::unique_ptr<bridge::panos::Transport> way, std::string key)
    : scheduler_(scheduler), way_(std::move(way)), key_(std::move(key)) {}

void Script::block(const std::string& address) {
    waiting_.push_back(address);
    if (!busy_) {
        next();
    }
}

void Script::next() {
    busy_ = !waiting_.empty();
    if (busy_) {
        address_ = std::move(waiting_.front());
        waiting_.pop_front();
        set_object();
    }
}

void Script::set_object() {
    const std::string element = fmt::format("<entry name=\"block-{0}\"><ip-netmask>{0}</ip-netmask></entry>", address_);
    call(set_form("/address", element), [this](const std::string&) { set_member(); });
}

void Script::set_member() {
    call(set_form(fmt::format("/address-group/entry[@name='{}']/static", group_name),
                  fmt::format("<member>block-{}</member>", address_)),
         [this](const std::string&) { commit(); });
}

void Script::commit() {
    call("type=commit&cmd=" + bridge::panos::url_encoded("<commit></commit>"), [this](const std::string& body) {
        const std::string job = text_of(body, "job");
        job.empty() ? next() : look(job);
    });
}

void Script::look(const std::string& job) {
    scheduler_.run_at(scheduler_.now() + look_every, [this, job] {
        const std::string command = fmt::format("<show><jobs><id>{}</id></jobs></show>", job);
        call("type=op&cmd=" + bridge::panos::url_encoded(command),
             [this, job](const std::string& body) { text_of(body, "status") == "FIN" ? next() : look(job); });
    });
}

void Script::call(const std::string& form, std::function<void(const std::string&)> then) {
    bridge::panos::ApiRequest request;
    request.form = form;
    request.key = bridge::domain::Secret(key_);
    way_->call(std::move(request), [this, then = std::move(then)](const auto& reply) {
        if (reply && reply->body.find("status=\"success\"") != std::string::npos) {
            then(reply->body);
        } else {
            next();
        }
    });
}

}  // namespace sim::load::stage
