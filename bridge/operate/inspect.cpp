#include "bridge/operate/inspect.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "bridge/engine/decision_json.hpp"

namespace bridge::operate {

int inspect(const std::vector<std::string>& files, const domain::Policy& policy, const fireeye::ReadingRules& rules,
            std::ostream& out) {
    int exit_code = 0;
    for (const std::string& file : files) {
        std::ifstream in(file, std::ios::binary);
        if (!in) {
            out << engine::inspect_error_json(file, "cannot be opened") << '\n';
            exit_code = 1;
            continue;
        }
        std::ostringstream whole;
        whole << in.rdbuf();
        const std::string body = std::move(whole).str();
        const auto notification = fireeye::read_notification(body, rules);
        if (!notification) {
            out << engine::inspect_error_json(file, notification.error().detail) << '\n';
            exit_code = 1;
            continue;
        }
        for (const domain::Alert& alert : notification->alerts) {
            out << engine::inspect_json(file, *notification, alert, domain::decide(policy, alert)) << '\n';
        }
        if (!notification->unread.empty()) {
            out << engine::inspect_error_json(file, notification->unread) << '\n';
            exit_code = 1;
        }
        for (const std::string& rejected : notification->rejected) {
            out << engine::inspect_error_json(file, rejected) << '\n';
            exit_code = 1;
        }
    }
    out.flush();
    return exit_code;
}

}  // namespace bridge::operate
