#include "promises.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bridge/domain/policy/policy.hpp"
#include "bridge/domain/value/special_purpose.hpp"
#include "bridge/fireeye/clean_text.hpp"
#include "bridge/fireeye/notification_reader.hpp"

namespace fuzz {

namespace {

using namespace bridge;

constexpr std::size_t text_bytes_max = 300;  // above every bound that the reader gives its texts

void promise(bool kept, const char* which) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", which);
        std::abort();
    }
}

/// Valid UTF-8, one line, bounded: then cleaning it once more changes nothing.
void promise_clean(const std::string& text) {
    promise(text.size() <= text_bytes_max, "a text is bounded");
    promise(fireeye::clean_text(text, text_bytes_max) == text, "a text is valid UTF-8 on one line");
}

void promise_alert(const domain::Alert& alert) {
    for (const std::string* text : {&alert.appliance, &alert.appliance_id, &alert.sensor, &alert.product, &alert.id,
                                    &alert.uuid, &alert.type_name, &alert.occurred, &alert.malware}) {
        promise_clean(*text);
    }
    promise(!alert.type_name.empty(), "an alert has a type");
    promise(!domain::identity_of(alert).empty(), "an alert has an identity");
    const domain::Decision decision = domain::decide({}, alert);
    for (const domain::Indicator& blocked : decision.blockable) {
        const std::string text = blocked.text();
        promise(std::find(alert.victims.begin(), alert.victims.end(), text) == alert.victims.end(),
                "a victim is never blocked");
        promise(blocked.address() == nullptr || domain::special_range(*blocked.address(), true).empty(),
                "a private or special address is never blocked");
        promise(domain::Indicator::parse(text) == blocked, "what is blocked is in its canonical form");
    }
    promise(decision.blockable.size() + decision.ignored.size() >= alert.suspects.size(),
            "every suspect is blocked or has a reason");
    for (const domain::Ignored& ignored : decision.ignored) {
        promise_clean(ignored.address);
        promise(!ignored.reason.empty(), "what is ignored has a reason");
    }
}

}  // namespace

void check_promises(std::string_view body) {
    const auto notification = fireeye::read_notification(body, {});
    if (!notification) {
        promise(!notification.error().detail.empty(), "a refusal says why");
        return;
    }
    for (const domain::Alert& alert : notification->alerts) {
        promise_alert(alert);
    }
    for (const std::string& rejected : notification->rejected) {
        promise(!rejected.empty(), "a rejected alert is explained");
    }
    promise_clean(notification->version);
}

}  // namespace fuzz
