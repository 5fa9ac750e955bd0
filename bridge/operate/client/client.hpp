// The operator's commands: they ask the running bridge over the socket or listener that its configuration names.
#pragma once

#include <iosfwd>
#include <string>

#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

enum class Page { status, blocks, alerts };

/// A page of the running bridge's status listener, or with `post` an order to it; the body of its answer when that is
/// 200. Errors are one line for the operator: what the bridge says against it, or why it cannot be reached.
tl::expected<std::string, std::string> ask(const Config& config, const std::string& path, bool post);

/// The same, to be shown. As an error the exit code, where there is nothing left to show: 0 when the answer was printed
/// as it came, which `as_json` asks for; 1 when there is none, with the reason on `errors`.
tl::expected<std::string, int> ask_to_show(const Config& config, const std::string& path, bool post, bool as_json,
                                           std::ostream& out, std::ostream& errors);

/// Prints a page of the running bridge as a table, or as it came with `as_json`. `query` ("?state=held") narrows it.
/// Returns the exit code; on failure the reason goes to `errors`.
int show(const Config& config, Page page, bool as_json, std::ostream& out, std::ostream& errors,
         const std::string& query = {});

/// POSTs `/reload`: the bridge reads its configuration anew, all of it or, with the complaints on `errors`, nothing.
int reload(const Config& config, std::ostream& out, std::ostream& errors);

/// Turns the notification that brought an alert into a scenario and a payload file in `folder`: what it holds of ours
/// is replaced, or with `keep_names` only its tokens and passwords. `alert` is a number of the journal, an alert id, a
/// uuid or an identity. The rules are those of `config`, the decisions those of the journal.
int export_alert(const Config& config, const std::string& alert, const std::string& folder, bool keep_names,
                 std::ostream& out, std::ostream& errors);

}  // namespace bridge::operate
