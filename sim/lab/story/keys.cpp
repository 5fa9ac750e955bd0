#include "sim/lab/story/keys.hpp"

#include <algorithm>

#include "sim/panos/machine/fault.hpp"

namespace sim::lab {

const Key* Section::find(std::string_view name) const {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> Section::names() const {
    std::vector<std::string> all;
    for (const Key& key : keys) {
        all.emplace_back(key.name);
    }
    return all;
}

namespace {

std::vector<std::string> fault_subjects() {
    const auto names = panos::fault_subjects();
    return {names.begin(), names.end()};
}

using enum Shape;

const Section firewall{
    "firewalls.NAME",
    "A mock PAN-OS firewall. It is prepared as an administrator prepares one: a group `firebreak-blocked`, and two "
    "rules above the others that deny traffic from and to it.",
    {
        {"version", text, "PAN-OS version that it plays.", "\"10.1\""},
        {"model", text, "Model, whose limits hold.", "PA-VM"},
        {"commit_time", duration, "How long a commit runs.", "2s"},
        {"boot_time", duration, "How long a restart takes; the model's time unless said.", "2s"},
        {"prepared", flag, "false: a device fresh from the factory, without the group and its rules.", "false"},
        {"load", text, "A running configuration to start from, relative to the scenario.", "running.xml"},
        {"certificate",
         word,
         "What the device shows. untrusted: the bridge is given another CA; expired: it ended yesterday; other-name: "
         "it "
         "is somebody else's.",
         "untrusted",
         false,
         nullptr,
         {"ok", "untrusted", "expired", "other-name"}},
        {"administrators", texts, "Further administrators, who exist to hold locks and pending changes.",
         "[alice, bob]"},
        {"multi_vsys", flag, "true: it has several virtual systems; `edit` or `load` makes further ones.", "true"},
        {"panorama", text, "The Panorama (`model: Panorama`) that manages it, connected, with all already pushed.",
         "pano"},
        {"device_group", text, "Its device group there.", "branches"},
        {"ha_peer", text, "The other firewall of an HA pair; the one that comes first is active.", "fw1"},
    }};

const Section appliance{
    "appliances.NAME",
    "A mock FireEye appliance.",
    {
        {"product", word, "Which product it is.", "nx", false, nullptr, {"nx", "ex", "fx", "ax", "cm", "hx"}},
        {"version", text, "Release, which decides envelope, headers and time format.", "\"9.0\""},
        {"format", text,
         "Notification format and level: xml, json, json-legacy, text or rest, with -concise, -normal or -extended.",
         "xml-normal"},
        {"id", text, "Its MAC, which notifications name; without it one is made of its name.", "000C29A1B2C3"},
        {"normalize_ips", flag, "true: `normalize-ips-event` is on, and ips events show the victim as the source.",
         "true"},
        {"user", text, "User for HTTP basic authentication; without it none is sent.", "fireeye"},
        {"address", text, "The loopback address that it calls from; 127.0.0.1 unless said.", "127.0.0.2"},
        {"certificate",
         word,
         "The certificate that it shows where the bridge speaks TLS: its name, signed by itself, and trusted by the "
         "bridge "
         "or not.",
         "trusted",
         false,
         nullptr,
         {"none", "trusted", "untrusted"}},
        {"password", text, "Its password; the bridge gets the same one when `bridge.intake.users` names the user.",
         "wolke-7"},
    }};

const Section limits{
    "bridge.intake.limits",
    "As in bridge.yaml.",
    {
        {"body", size, "Largest notification; larger ones are answered 413.", "16MiB"},
        {"header", size, "Largest request header.", "16KiB"},
        {"read_timeout", duration, "How long a request may take to arrive; slower ones are answered 408.", "30s"},
        {"header_timeout", duration, "How long a header or a TLS handshake may take.", "10s"},
        {"idle_timeout", duration, "How long a connection is kept without a request.", "60s"},
        {"min_rate", size, "Bytes a second that a body must make.", "512"},
        {"connections", count, "Connections at once.", "1024"},
        {"connections_per_source", count, "Those of one address.", "512"},
        {"rate_per_source", rate, "Requests of one address; more are answered 429.", "500/s"},
        {"failed_logins", count, "Different wrong passwords from one address before it must wait.", "10"},
        {"failed_logins_per_user", count, "The same for a user's name, from everywhere.", "100"},
    }};

const Section user{"bridge.intake.users.NAME",
                   "A user that appliances log in as.",
                   {
                       {"password", text, "The password; it is written to a file that bridge.yaml names.", "wolke-7"},
                       {"hashed", flag, "true: not the password but its hash is written there.", "true"},
                   }};

const Section intake{
    "bridge.intake",
    "The bridge's listener, as in bridge.yaml. Address and port are chosen by the lab.",
    {
        {"users", named_or_list, "Users for HTTP basic authentication. A list takes passwords from the appliances.",
         "[fireeye]", false, &user},
        {"sources", texts, "Addresses that may connect.", "[127.0.0.0/8]"},
        {"limits", section, "Bounds on what is read.", "{body: 64KiB}", false, &limits},
        {"tls", flag, "true: the intake speaks TLS with a certificate made for the scenario.", "true"},
        {"client_certificates", flag, "true: appliances must show a trusted certificate.", "true"},
        {"client_names", texts, "Names of which their certificates must bear one.", "[nx1]"},
        {"old_appliances", flag, "true: TLS 1.0 and 1.1 are taken too.", "true"},
    }};

const Section policy{
    "bridge.policy",
    "What may be blocked, as in bridge.yaml.",
    {
        {"allow", texts, "Prefixes and domains that are never blocked.", "[192.0.2.0/24, \"*.example.com\"]"},
        {"allow_builtin", flag, "Private, loopback, link-local, multicast ranges are never blocked.", "true"},
        {"types", texts, "Alert types that lead to blocks.", "[malware-callback]"},
        {"min_severity",
         word,
         "Least severity that leads to a block.",
         "majr",
         false,
         nullptr,
         {"unkn", "minr", "majr", "crit"}},
        {"expire", duration, "How long a block stands.", "7d"},
        {"allow_files", texts, "Files with one prefix or domain a line, which `bridge.files` writes.", "[allow.txt]"},
        {"expire_by_type", pairs, "How long a block stands, by alert type.", "{malware-callback: 30d}"},
        {"max_new_blocks_per_minute", count, "Beyond it, new blocks are held for an operator.", "300"},
        {"max_new_blocks_per_minute_per_appliance", count, "The same for the alerts of one appliance.", "50"},
        {"group_growth_per_hour", count, "Beyond it, further new blocks on a target are held.", "1000"},
        {"quarantine", duration, "How long alerts do not bring back what an operator has unblocked.", "24h"},
        {"ipv6_prefix", count, "128: the attacker alone is blocked; 64: its network.", "64"},
        {"dry_run", flag, "true: decide, but leave the firewalls alone.", "false"},
    }};

const Section target{
    "bridge.targets.NAME",
    "How the bridge uses the firewall of that name, as in bridge.yaml. URL, CA and API key are filled in. With `mode: "
    "dynamic` the firewall is prepared with a dynamic group. With `kind: edl` NAME is a list's: the bridge serves its "
    "pages, "
    "and the firewalls under `firewalls` are prepared with the external lists NAME-ip, NAME-domain and NAME-url and "
    "rules "
    "that deny them.",
    {
        {"kind", word, "Kind of target.", "panos", false, nullptr, {"panos", "panorama", "edl", "checkpoint"}},
        {"insecure", flag, "true: the device's certificate is not verified.", "true"},
        {"user", text, "Administrator that the bridge is on the device.", "firebreak"},
        {"vsys", text, "Virtual system.", "vsys1"},
        {"device_group", text, "Device group of a Panorama, or shared.", "branches"},
        {"mode",
         word,
         "static: address objects and a commit; dynamic: registered addresses.",
         "static",
         false,
         nullptr,
         {"static", "dynamic"}},
        {"group", text, "Address group that the rules name.", "firebreak-blocked"},
        {"tag", text, "Tag of what the bridge makes.", "firebreak"},
        {"min_commit_interval", duration, "Least time between two commits.", "0s"},
        {"settle", duration, "How long the bridge waits for more before it pushes.", "0s"},
        {"max_batch", count, "Most blocks in one push.", "5000"},
        {"group_members_max", count, "Members that a group takes.", "2500"},
        {"child_groups", count, "Groups in which a full one goes on; 0: none.", "64"},
        {"objects_max", count, "Address objects that the device takes; without it, as the device says.", "10000"},
        {"register_max", count, "Of mode dynamic: entries of one registration message.", "1000"},
        {"registered_max", count,
         "Of mode dynamic: registered addresses that the firewall takes; its model's unless said.", "1000"},
        {"register_timeout", duration, "Of mode dynamic: how long a registration lasts without renewal.", "1h"},
        {"firewalls", texts, "Of an edl: the firewalls that fetch its pages; the one of its own name unless said.",
         "[hq]"},
        {"refresh", flag, "Of an edl: whether the bridge may tell these firewalls to fetch, and look at their lists.",
         "true"},
        {"fetch_token", text, "Of an edl: what the firewalls authenticate with, instead of the right token.",
         "not-the-token"},
        {"entries_max", count, "Of an edl: lines of a page.", "50000"},
        {"fetch_within", duration, "Of an edl: how long nobody may fetch before that is told.", "15m"},
        {"refresh_interval", duration, "Of an edl: least time between two refreshes of a firewall.", "10s"},
        {"refresh_patience", duration, "Of an edl: how long a refreshed list may take to show the changes.", "60s"},
        {"compare_every", duration, "How often the bridge compares what it wants with what the device has.", "5m"},
        {"commit_patience", duration, "How long a commit may run before its job is given up for lost.", "60m"},
        {"timeout", duration, "How long one API call may take.", "30s"},
        {"connect_timeout", duration, "How long a connection may take to come up.", "5s"},
    }};

const Section bridge_appliance{
    "bridge.appliances.NAME",
    "What the documents of an appliance do not tell, as in bridge.yaml; NAME is its host name or its appliance-id.",
    {
        {"ips_direction",
         word,
         "Which way round it reports the two ends of an ips-event.",
         "normalized",
         false,
         nullptr,
         {"traffic", "normalized"}},
    }};

const Section site{"bridge.site",
                   "What of the addresses in alerts belongs to the operator, as in bridge.yaml.",
                   {
                       {"networks", texts, "The site's own networks, on top of the private ranges.", "[192.0.2.0/24]"},
                       {"proxies", texts, "Web proxies that clients are told to use.", "[192.0.2.8]"},
                       {"resolvers", texts, "DNS servers that clients ask.", "[192.0.2.53]"},
                   }};

const Section store{"bridge.store",
                    "Where the bridge keeps what it accepted. The path is chosen by the lab.",
                    {
                        {"script", text,
                         "SQL that makes the database which the bridge finds at its first start, relative to the "
                         "scenario: a file of an earlier release.",
                         "schema-1.sql"},
                        {"keep_payloads", duration, "How long notifications are kept as they came.", "90d"},
                        {"keep_alerts", duration, "How long it is kept what was decided on alerts.", "400d"},
                    }};

const Section canary{"bridge.operate.canary",
                     "A test block that the bridge makes and takes back on a schedule, as in bridge.yaml.",
                     {
                         {"every", duration, "The period.", "10m"},
                         {"within", duration, "A step that takes longer raises the alarm.", "2m"},
                         {"address", text, "A documentation address.", "192.0.2.254"},
                         {"targets", texts, "On which targets; all unless said.", "[hq]"},
                     }};

const Section operate{
    "bridge.operate",
    "How the bridge is operated, as in bridge.yaml. Where it listens is chosen by the lab.",
    {
        {"canary", section, "A test block on a schedule.", "{every: 10m, within: 2m}", false, &canary},
    }};

const Section bridge{
    "bridge",
    "Settings of the bridge under test; they are merged into the bridge.yaml that the lab writes.",
    {
        {"targets", named_or_list, "Firewalls that the bridge blocks on; without it, all of the scenario's.", "[hq]",
         false, &target},
        {"policy", section, "What may be blocked.", "{min_severity: majr}", false, &policy},
        {"site", section, "Whose addresses are whose.", "{proxies: [192.0.2.8]}", false, &site},
        {"appliances", named, "What the bridge is told of appliances.", "{nx1: {ips_direction: normalized}}", false,
         &bridge_appliance},
        {"intake", section, "The listener.", "{limits: {body: 64KiB}}", false, &intake},
        {"store", section, "The journal and the ledger.", "{script: schema-1.sql}", false, &store},
        {"operate", section, "How it is operated.", "{canary: {every: 10m}}", false, &operate},
        {"files", pairs, "Files beside bridge.yaml, by name, and their content.", "{allow.txt: 198.51.100.0/24}"},
    }};

const Section send{
    "send",
    "An appliance notifies the bridge, and the lab looks at the answer. Several attackers make one alert each.",
    {
        {"from", text, "Which appliance.", "nx1", true},
        {"type", text, "Alert type.", "malware-callback"},
        {"attacker", expanding, "Addresses or domain names that attacked.", "\"203.0.113.{1..200}\""},
        {"victim", text, "Address inside that was attacked.", "192.0.2.10"},
        {"severity", word, "Severity of the alerts.", "majr", false, nullptr, {"minr", "majr", "crit"}},
        {"malware", text, "Name of the malware.", "Trojan.Gootkit"},
        {"id", count, "Alert id; without it each alert gets a new one. The same id again is a repeat.", "1001"},
        {"count", count, "How many alerts; the attackers are taken in turn.", "3"},
        {"rate", rate, "Alerts that leave per second, on a schedule that does not wait for answers.", "500/s"},
        {"alerts_per_body", count, "How many alerts share a notification.", "50"},
        {"format", text, "Another format than the appliance's own.", "json-normal"},
        {"test_fire", flag, "true: the vendor's synthetic alert of the type, instead of an attacker.", "true"},
        {"incidents", text,
         "A file of incidents, relative to the scenario, instead of an attacker. Keep it in a folder `incidents`, "
         "where "
         "`run` looks for no scenarios.",
         "incidents/zip-in-mail.yaml"},
        {"dual", flag, "true: an ips-event is sent when it is detected, and again when it is confirmed.", "true"},
        {"backlog", flag,
         "true: what waited in the appliance's queue while nobody listened. The newest goes out first, as appliances "
         "do "
         "unless told otherwise.",
         "true"},
        {"through", text, "An appliance that is a cm: it manages this one, and reports the same alerts too.", "cm1"},
        {"resend", count, "How often more each notification is sent, byte for byte the same.", "1"},
        {"fault", text,
         "What goes wrong on the way: cut:BYTES, slow:2KiB/s, slow:100/250ms (bytes, pause), chunked, bom, no-expect, "
         "wrong-password, content-type:TEXT, raw-newline.",
         "cut:400"},
        {"content_type", text, "Another content type than belongs to the body.", "text/plain"},
        {"file", text, "A payload to post byte for byte, relative to the scenario.", "payloads/nx-callback.xml"},
        {"replace", pairs, "Addresses and names of the file or body, as whole words, and what stands for them.",
         "{10.1.2.4: 203.0.113.5}"},
        {"now", flag, "true: the times in the file or body are moved, so that its newest alert occurred now.", "true"},
        {"new_ids", flag, "true: the alerts in the file or body get new ids and uuids.", "true"},
        {"body", text, "A body to post as it is written here.", "\"<alerts\""},
        {"padded_to", size, "Blanks are appended until the body has this size.", "100KiB"},
        {"user", text, "Another user than the appliance's own.", "mallory"},
        {"password", text, "Another password than the appliance's own.", "wrong"},
        {"answered",
         answer,
         "The answer that is right: a status, `none` (no connection or no answer), or `any`. Without it 200 is, "
         "unless the next step is an `expect: {sent: ...}`.",
         "401",
         false,
         nullptr,
         {"none", "any"}},
    }};

const Section traffic{
    "expect.traffic",
    "A packet that the firewall is asked about, as `test security-policy-match` does.",
    {
        {"from", text, "Source address.", "192.0.2.10", true},
        {"to", text, "Destination address, or a domain name that an FQDN object stands for.", "203.0.113.7", true},
        {"from_zone", text, "Zone of the source; trust unless said.", "trust"},
        {"to_zone", text, "Zone of the destination; untrust unless said.", "untrust"},
        {"port", count, "Destination port; 443 unless said.", "443"},
        {"vsys", text, "Virtual system; vsys1 unless said.", "vsys2"},
    }};

const Section rollback{"operator.rollback",
                       "Which blocks are taken back.",
                       {
                           {"last", count, "So many of the newest indicators.", "3"},
                           {"since", text, "All since then: how long ago, or a time.", "30m"},
                           {"dry_run", flag, "true: only say which.", "true"},
                       }};

const Section order{
    "operator",
    "An operator's command; exactly one of release, drop, unblock, block, rollback, pause, resume.",
    {
        {"release", text, "A held or refused block goes out; `all` held ones, or with `appliance` those of one.",
         "203.0.113.5"},
        {"drop", text, "A held block is forgotten, and alerts do not bring it back for a while; `all` as with release.",
         "all"},
        {"unblock", text, "A block is taken off.", "203.0.113.5"},
        {"block", text, "An address or domain is blocked.", "203.0.113.5"},
        {"rollback", section, "The newest blocks are taken off.", "{last: 3}", false, &rollback},
        {"pause", text, "A target gets no more calls.", "hq"},
        {"resume", text, "A paused target works again.", "hq"},
        {"appliance", text, "With `all`: only what is held on this appliance's account.", "nx1"},
        {"target", text, "With block: only there.", "hq"},
        {"for", text, "How long: the block, or the time in which alerts do not bring it back.", "24h"},
        {"reason", text, "Why, for the audit trail.", "ticket 42"},
        {"answered", count, "HTTP status of the answer; 200 unless said.", "409"},
        {"says", text, "A text that the answer holds.", "allow list"},
    }};

const Section write{"write",
                    "A file of `bridge.files` gets another content.",
                    {
                        {"file", text, "Its name.", "allow.txt", true},
                        {"text", text, "Its whole new content.", "\"203.0.113.0/24\\n\"", true},
                    }};

const Section why{"expect.why",
                  "What the bridge tells of one address, as `firebreak-bridge why --json` prints it.",
                  {
                      {"indicator", text, "Address or domain name.", "203.0.113.7", true},
                      {"contains", texts, "Texts that must stand there.", "[commit job]"},
                      {"lacks", texts, "Texts that must not stand there.", "[enforced]"},
                  }};

const Section place{"expect.running, expect.candidate",
                    "A look into a configuration.",
                    {
                        {"xpath", text, "What to look at.", "\"/config/devices/entry/vsys/entry/address\"", true},
                        {"contains", texts, "Texts that must stand there.", "[203.0.113.7]"},
                        {"lacks", texts, "Texts that must not stand there.", "[192.0.2.10]"},
                        {"exists", flag, "Whether anything stands there at all.", "false"},
                        {"count", range, "How many nodes the xpath selects.", "200"},
                    }};

const Section pending{"expect.pending",
                      "Changes in the candidate that are not running yet.",
                      {
                          {"by", text, "Whose changes.", "alice", true},
                          {"changes", flag, "Whether that administrator has any.", "true"},
                      }};

const Section sent{"expect.sent",
                   "How the last `send` was answered.",
                   {
                       {"status", count, "Status of every answer.", "401"},
                       {"statuses", ranges, "How often each status came.", "{\"200\": 3, \"401\": 1}"},
                       {"contains", text, "Text that every answer holds.", "not a FireEye notification"},
                   }};

const Section block{
    "expect.block",
    "A block as the bridge's operator sees it.",
    {
        {"indicator", expanding, "Address or domain name.", "203.0.113.7", true},
        {"state",
         word,
         "State of the block.",
         "enforced",
         false,
         nullptr,
         {"wanted", "pushed", "enforced", "expired", "removed", "refused", "held", "quarantined", "none"}},
        {"reason", text, "Text that the reason holds.", "allow list"},
        {"target", text, "On which target; any unless said.", "hq"},
    }};

const Section expect{
    "expect",
    "Something that must be true: about a firewall (`firewall` and what it shows), the bridge (`bridge`, `block`), or "
    "the answers to the last send (`sent`). With `within` it must become true before that time is over, with `for` "
    "it must stay true that long; with both, it must become true in time and stay.",
    {
        {"firewall", text, "Which firewall.", "hq"},
        {"within", duration, "The longest time to wait for it.", "6s"},
        {"for", duration, "The time for which it must stay true; any event that breaks it fails the step.", "2s"},
        {"blocked", expanding, "Indicators: traffic from trust to each of them is denied by the running configuration.",
         "\"203.0.113.{1..200}\""},
        {"not_blocked", expanding, "Indicators: traffic to each of them is allowed.", "[192.0.2.10]"},
        {"traffic", section, "A packet to judge; needs `verdict`.", "{from: 192.0.2.10, to: 203.0.113.7}", false,
         &traffic},
        {"verdict", word, "What becomes of the packet.", "deny", false, nullptr, {"allow", "deny"}},
        {"commits", range, "Commits that the bridge has started there since the scenario began.", "2"},
        {"failed_commits", range, "Those of them that ended otherwise than with OK.", "1"},
        {"committing", flag, "Whether a commit is running.", "true"},
        {"api_calls", range, "API calls that the bridge has made there since the scenario began.", "{max: 12}"},
        {"calls", ranges,
         "API calls by kind: keygen, get, show, set, edit, delete, commit, op, user-id; or one op command, as `show "
         "jobs id`.",
         "{set: 2, commit: {max: 2}}"},
        {"running", section, "A look into the running configuration.", "{xpath: ..., contains: 203.0.113.7}", false,
         &place},
        {"candidate", section, "A look into the candidate.", "{xpath: ..., lacks: 203.0.113.7}", false, &place},
        {"pending", section, "An administrator's uncommitted changes.", "{by: alice, changes: true}", false, &pending},
        {"bridge", facts, "Facts of the bridge's status document, nested or as dotted names.",
         "{targets.hq.state: idle, alerts.rejected: 1}"},
        {"running_as_at", text,
         "The running configuration is the same as at the step `mark` of that name; a container of objects that is "
         "empty by now "
         "counts as none.",
         "before"},
        {"block", section, "A block in the bridge's ledger.", "{indicator: 10.1.2.3, state: refused}", false, &block},
        {"why", section, "The audit trail of an address.", "{indicator: 203.0.113.7, contains: [enforced]}", false,
         &why},
        {"sent", section, "Answers to the last send.", "{status: 401}", false, &sent},
    }};

const Section fault{
    "fault",
    "Something goes wrong at a firewall, from now on, `times` times or until `clear_faults`.",
    {
        {"firewall", text, "Which firewall.", "hq", true},
        {"on", word,
         "Which calls: `job` is `show jobs id`, `op` any other op command, `config` any get, show, set, edit "
         "or delete, `commit-job` the job that a commit starts, `user-id` registrations.",
         "commit", true, nullptr, fault_subjects()},
        {"answer", text,
         "Answer instead of the device's own: lock-held-by-other-admin, busy, code-N (PAN-OS), http-N, job-fail, "
         "wrong-xml, truncated, forgotten (success, and nothing is done).",
         "lock-held-by-other-admin"},
        {"job",
         word,
         "How the commit's job ends; the same as `on: commit-job, answer: job-fail`.",
         "FAIL",
         false,
         nullptr,
         {"FAIL"}},
        {"details", texts, "Lines of the error or of the failed job.", "Validation Error"},
        {"by", text, "Who holds the lock that is answered.", "alice"},
        {"delay", duration, "The answer comes this much later.", "3s"},
        {"drop", flag, "The connection closes without an answer.", "true"},
        {"applied", flag, "With drop: whether the device did it all the same; true unless said.", "false"},
        {"cut", count, "The connection closes after this many bytes of the answer.", "40"},
        {"skip", count, "Calls that pass before the first one is struck.", "1"},
        {"times", count, "How often; without it until it is cleared.", "3"},
    }};

const Section clear_faults{"clear_faults",
                           "The faults of a firewall are lifted.",
                           {
                               {"firewall", text, "Which firewall; all unless said.", "hq"},
                           }};

const Section power{
    "stop, start, restart",
    "A part goes away or comes back. The bridge stops by SIGTERM and must exit with 0; a stopped firewall refuses "
    "connections and keeps its configuration.",
    {
        {"firewall", text, "Which firewall.", "branch", true},
    }};

const Section fleet_event{
    "failover, repair, disconnect, reconnect",
    "Something happens between devices: to one of an HA pair, or to the line between a firewall and its Panorama.",
    {
        {"firewall", text, "Which firewall.", "fw1", true},
    }};

const Section lock{"lock, unlock",
                   "Another administrator takes or gives back a lock.",
                   {
                       {"firewall", text, "Which firewall.", "hq", true},
                       {"kind", word, "Which lock.", "commit", false, nullptr, {"commit", "config"}},
                       {"by", text, "Who holds it.", "alice", true},
                       {"comment", text, "What the lock says.", "change window 42"},
                   }};

const Section edit{
    "edit",
    "Another administrator changes the candidate and does not commit.",
    {
        {"firewall", text, "Which firewall.", "hq", true},
        {"by", text, "Who.", "alice", true},
        {"action", word, "set merges, delete removes.", "set", false, nullptr, {"set", "delete"}},
        {"xpath", text, "Where.", "\"/config/shared/address\"", true},
        {"element", text, "What; not with delete.", "\"<entry name='x'><fqdn>www.example.com</fqdn></entry>\""},
    }};

const Section commit{"commit",
                     "Another administrator commits everything that is in the candidate.",
                     {
                         {"firewall", text, "Which firewall.", "hq", true},
                         {"by", text, "Who.", "alice", true},
                     }};

const Section load{"load",
                   "A running configuration is loaded, as after a restore from backup.",
                   {
                       {"firewall", text, "Which firewall.", "hq", true},
                       {"file", text, "The configuration, relative to the scenario.", "running.xml", true},
                   }};

const Section time_to_block{"time_to_block",
                            "What the load's time to block may be at most, on each firewall.",
                            {
                                {"p50", duration, "Its median.", "3s"},
                                {"p99", duration, "Its 99th percentile.", "5s"},
                                {"max", duration, "Its greatest.", "6s"},
                            }};

const Section background{
    "load (beside the steps)",
    "Alerts that come beside the steps, by a schedule that is fixed beforehand: from the first step on, each with an "
    "attacker of its own out of 2001:db8::/32. Each must be answered 200 and blocked on every firewall that the bridge "
    "blocks on, or on those under `firewalls`; that is looked at when the last step is over. What steps expect holds "
    "under the load, and numbers of "
    "commits and calls include it. The bridge's `max_new_blocks_per_minute` counts these too.",
    {
        {"from", text, "The appliance (default: the first).", "nx1"},
        {"rate", rate, "Steady arrivals.", "50/s"},
        {"duration", duration, "How long they come.", "10s"},
        {"shape",
         word,
         "Evenly spaced, or independent of each other.",
         "poisson",
         false,
         nullptr,
         {"constant", "poisson"}},
        {"burst", texts, "So many at once, after that time; /1s spreads them.", "200@5s/1s"},
        {"firewalls", texts, "Only these must block it: another one may be dead.", "[hq, branch]"},
        {"within", duration, "After the last was due, all are blocked (default: 30s).", "10s"},
        {"time_to_block", section, "From when each was due.", "{p99: 5s}", false, &time_to_block},
    }};

const Section reboot{
    "reboot",
    "A firewall restarts: what was not committed is lost, and it answers nothing until it is up again.",
    {
        {"firewall", text, "Which firewall.", "hq", true},
    }};

const Section registration{
    "register, unregister",
    "Another administrator registers addresses with a tag, or takes the tag from them.",
    {
        {"firewall", text, "Which firewall.", "hq", true},
        {"by", text, "Who.", "alice", true},
        {"addresses", expanding, "Which; an `unregister` without them clears the whole table.", "\"203.0.113.{1..5}\""},
        {"tag", text, "With which tag; the bridge's unless said.", "quarantine"},
    }};

const Section refresh{"refresh",
                      "Another administrator has a firewall fetch an external list of the bridge.",
                      {
                          {"firewall", text, "Which firewall.", "hq", true},
                          {"by", text, "Who.", "alice", true},
                          {"target", text, "Which target's page.", "edge", true},
                          {"page", word, "Which page.", "ip", false, nullptr, {"ip", "domain", "url"}},
                      }};

const Section fetch{
    "fetch",
    "Somebody fetches a page of a target of kind edl from the bridge.",
    {
        {"target", text, "Which target's page.", "edge", true},
        {"page", word, "Which page.", "ip", false, nullptr, {"ip", "domain", "url"}},
        {"method", word, "How it is asked for.", "HEAD", false, nullptr, {"GET", "HEAD", "POST"}},
        {"user", text, "Another user than the target's name.", "mallory"},
        {"token", text, "Another password than the target's token.", "not-the-token"},
        {"if_changed", flag, "true: with the tag that the page had when it was fetched last (If-None-Match).", "true"},
        {"answered", count, "The status that is right; 200 unless said.", "304"},
        {"contains", expanding, "Lines that must be in it.", "[203.0.113.7]"},
        {"lacks", expanding, "Lines that must not.", "[203.0.113.8]"},
    }};

const Section step{
    "steps",
    "What happens, in order. Each step has one key.",
    {
        {"send", section, "An appliance notifies the bridge.", "", false, &send},
        {"expect", section, "Something must be true.", "", false, &expect},
        {"fault", section, "Something goes wrong at a firewall.", "", false, &fault},
        {"clear_faults", section, "Faults are lifted.", "", false, &clear_faults},
        {"kill", word, "The bridge dies at once (SIGKILL).", "bridge", false, nullptr, {"bridge"}},
        {"stop",
         switch_of,
         "The bridge stops (SIGTERM), or a firewall goes away.",
         "{firewall: branch}",
         false,
         &power,
         {"bridge"}},
        {"start", switch_of, "The bridge starts, or a firewall comes back.", "bridge", false, &power, {"bridge"}},
        {"restart", switch_of, "stop, then start.", "bridge", false, &power, {"bridge"}},
        {"failover", section,
         "A device of an HA pair fails (it still answers, unless it is stopped as well), and its peer takes over.", "",
         false, &fleet_event},
        {"repair", section, "A failed device works again, as the passive one.", "", false, &fleet_event},
        {"disconnect", section, "The line between a firewall and its Panorama is cut.", "", false, &fleet_event},
        {"reconnect", section, "It is there again.", "", false, &fleet_event},
        {"reload", section,
         "bridge.yaml is written anew, with these settings instead of all that `bridge` said, and the bridge is told "
         "(SIGHUP). The step ends when it has taken or refused them; `bridge: {reloads.refused: 1}` tells which.",
         "{policy: {min_severity: crit}}", false, &bridge},
        {"lock", section, "Another administrator takes a lock.", "", false, &lock},
        {"unlock", section, "Another administrator gives a lock back.", "", false, &lock},
        {"edit", section, "Another administrator changes the candidate.", "", false, &edit},
        {"commit", section, "Another administrator commits.", "", false, &commit},
        {"load", section, "A running configuration is loaded.", "", false, &load},
        {"renew_certificate",
         word,
         "The certificate of the bridge's intake and its key are replaced, and appliances trust the new one only. Real "
         "world only.",
         "bridge",
         false,
         nullptr,
         {"bridge"}},

        {"reboot", section, "A firewall restarts.", "", false, &reboot},
        {"register", section, "Another administrator registers addresses with a tag.", "", false, &registration},
        {"unregister", section, "Another administrator takes a tag from addresses.", "", false, &registration},
        {"refresh", section, "Another administrator has a firewall fetch a list.", "", false, &refresh},
        {"fetch", section, "Somebody fetches a page of the bridge.", "", false, &fetch},
        {"operator", section, "An operator gives the bridge an order.", "", false, &order},
        {"mark", text, "Remembers every firewall's running configuration by a name.", "before"},
        {"write", section, "A file of the bridge changes.", "", false, &write},
        {"wait", duration,
         "Time passes. Virtual world only: in the real one, say what to wait for with `expect ... within`, or what "
         "must not happen with `expect ... for`.",
         "7d"},
    },
    true};

const Section whole{
    "scenario file",
    "One story: who is there, what happens, and what must be true.",
    {
        {"scenario", text, "The story in a sentence; the scenario's name in reports.",
         "A burst of callbacks costs two commits", true},
        {"tags", texts, "Words to select scenarios by.", "[batching]"},
        {"world",
         word,
         "The world that it is played in: `virtual` always in virtual time, `real` never, any as `run` is told.",
         "virtual",
         false,
         nullptr,
         {"any", "real", "virtual"}},
        {"firewalls", named, "The mock firewalls.", "{hq: {version: \"10.1\", commit_time: 2s}}", true, &firewall},
        {"appliances", named, "The mock appliances.", "{nx1: {product: nx}}", false, &appliance},
        {"bridge", section, "The bridge under test.", "{targets: [hq]}", false, &bridge},
        {"steps", list, "What happens.", "", true, &step},
        {"load", section, "Alerts that come beside the steps.", "{rate: 50/s, duration: 10s}", false, &background},
    }};

}  // namespace

const Section& scenario_keys() {
    return whole;
}

std::vector<const Section*> all_sections() {
    std::vector<const Section*> found{&whole};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const Key& key : found[i]->keys) {
            if (key.section != nullptr && std::find(found.begin(), found.end(), key.section) == found.end()) {
                found.push_back(key.section);
            }
        }
    }
    return found;
}

}  // namespace sim::lab
