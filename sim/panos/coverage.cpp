#include "sim/panos/coverage.hpp"

#include <fmt/format.h>

#include <array>

namespace sim::panos {
namespace {

using enum Provenance;

constexpr std::array rows{
    Coverage{"web", "/api and /api/, GET and POST, parameters in query, form or both", "all", observed,
             "clients in use"},
    Coverage{"web", "raw < > ' [ ] in the query", "all", observed, "curl scripts, pan-os-php"},
    Coverage{"web", "status 403, `Invalid Credential`, for a wrong or missing key and a wrong password", "all",
             observed,
             "curl output of a 10.2 device; up to PAN-OS 6 it was HTTP 200 with another text, which is not offered"},
    Coverage{"web", "`Missing value for parameter`, `Illegal value for parameter`, HTTP 400", "all", assumed,
             "the style is observed (pango), these sentences in part (pan-os-python)"},
    Coverage{"web", "404 for other paths, 405 for other methods", "all", assumed, ""},
    Coverage{"web", "414 for a request line over 8190 bytes, 413 for a body over 5,000,000", "all", assumed,
             "the 5 MB are documented, the answers are not"},
    Coverage{"web", "key in `X-PAN-KEY`, Basic authentication", "9.0 on", documented, "XML API guide"},
    Coverage{"web", "keys of letters, digits and `=`, beginning `LUFRPT1`, bound to the password", "all", observed,
             "recorded keys"},
    Coverage{"keygen", "user and password, in query or form", "all", observed, "rapid7 recording"},
    Coverage{"version", "sw-version, multi-vsys, model, serial", "7.1 on", observed, "mrichardson03.panos recording"},
    Coverage{"config", "get: counts, marks of uncommitted nodes, code 19; code 7 for nothing", "all", observed,
             "rapid7 and puppetlabs recordings, pan-python's tests"},
    Coverage{"config", "get of /config/platform/limits", "all", observed, "puppetlabs recording; a part of the limits"},
    Coverage{"config", "get with an attribute or text() as the last step", "all", assumed, "attributes: pan-os-python"},
    Coverage{"config", "show: no code, counts or marks; `No such node`", "all", observed, "rapid7 recording"},
    Coverage{"config", "show of several nodes is an error", "all", assumed,
             "that it wants one node: pan-python; the text"},
    Coverage{"config", "an xpath that can't be read: code 6", "all", assumed,
             "the code is documented, the text is not"},
    Coverage{"config", "set: merges, makes parents, several entries at once", "all", observed,
             "pan.dev, pan-os-python"},
    Coverage{"config", "set or edit with what is there already counts as an edit", "all", assumed,
             "that commits ask for edits and not for differences is observed"},
    Coverage{"config", "marks: changed nodes, and those above them up to the object", "all", assumed,
             "changed nodes: rapid7 recording"},
    Coverage{"config", "edit: replaces; another root element is refused", "all", documented,
             "pan.dev; the refusal's text is seen elsewhere"},
    Coverage{"config", "delete: all matches at once; code 7 for nothing", "all", observed, "pango"},
    Coverage{"config", "delete of a container above the objects is refused, code 15", "all", assumed, ""},
    Coverage{"config", "delete of what is used: code 10 with the users", "all", observed,
             "keyfactor recording; the line for groups is assumed"},
    Coverage{"config", "the last member of a static group stays: code 12", "all", assumed,
             "that it is refused: demisto/content; code and text"},
    Coverage{"config", "rename (references follow), clone", "all", observed, "texts for taken names are assumed"},
    Coverage{"config", "move top, bottom, before, after; code 14 at its place already", "all", observed,
             "xsoar, puppet; the whole line is assumed"},
    Coverage{"config", "multi-config, also strict-transactional", "10.1 on", observed, "pango, pan-python's tests"},
    Coverage{"config", "multi-config strict while a commit runs: code 13", "10.1 on", assumed,
             "that it fails: documented"},
    Coverage{"config", "name over 63 characters (tags: 127)", "all", observed, "pan-python's tests on 11.1"},
    Coverage{"config", "characters of a name", "all", documented, "the text is assumed"},
    Coverage{"config", "unknown child: `unexpected here`", "all", observed, "pan-python issue 141, pango"},
    Coverage{"config", "a value that does not fit: `is not a valid IP address or netmask`, ...", "all", assumed,
             "that values are checked at set is observed"},
    Coverage{"config", "`is not a valid reference`: group members, tags, zones, services, addresses in rules", "all",
             observed, "rapid7 recording, for a rule; others by the same pattern"},
    Coverage{"config", "an address and a group of one name: `is already in use`", "all", assumed, ""},
    Coverage{"config", "setting into a device or vsys that is not there", "all", assumed, ""},
    Coverage{"config", "locked by another administrator: code 15", "all", assumed, "text: pan-os-python"},
    Coverage{"config", "element that does not parse: code 18, `Malformed Request`", "all", observed, "puppet's tests"},
    Coverage{"commit", "job enqueued, code 19", "all", observed, "rapid7 recording"},
    Coverage{"commit", "no changes: code 19 without job", "all", observed, "puppetlabs, powerpan"},
    Coverage{
        "commit", "no edits since the queued commit: code 13, success", "7.1 on", observed,
        "a recording; that it needs a queued or running commit is assumed. After a failed one: an option of the mock"},
    Coverage{"commit", "partial: admin, device-and-network, shared-object, policy-and-objects, vsys, no-vsys", "all",
             observed, "clients in use"},
    Coverage{"commit", "what a partial commit takes when two administrators changed one node: the last one's", "all",
             assumed, ""},
    Coverage{"commit", "force, description, validate", "all", observed, "clients in use"},
    Coverage{"commit", "another administrator's commit lock: code 14", "all", observed, "configpump recording, 11.1"},
    Coverage{"commit", "queue, positions, in order; the candidate as of the request", "7.1 on", documented,
             "as of the request: assumed; queue size 10 and its refusal: assumed"},
    Coverage{"commit", "refused while another runs", "before 7.1", observed, "text: pan-os-python"},
    Coverage{"commit", "FAIL with `Validation Error:`, mutually exclusive values", "all", observed,
             "puppetlabs recording of a validation; other lines by its pattern, last line assumed"},
    Coverage{"commit", "limits of the model exceeded: FAIL", "all", assumed, "that it is refused; the text"},
    Coverage{"commit", "a failing commit takes two fifths of the time", "all", assumed, "5 of 13 s: cloudstack"},
    Coverage{"commit", "own locks end with the commit", "all", observed, "napalm takes them again"},
    Coverage{"op", "show jobs id", "all", observed, "series from 0 to 100: puppetlabs; end with date from 10.2"},
    Coverage{"op", "show jobs all", "all", observed, "newest first: upgrade-assurance"},
    Coverage{"op", "show jobs pending", "all", assumed, "as a filter of show jobs all"},
    Coverage{"op", "show jobs processed", "all", assumed, "as a filter of show jobs all"},
    Coverage{"op", "show jobs id of a waiting job: PEND, queued YES, positionInQ, empty tdeq", "7.1 on", assumed, ""},
    Coverage{"op", "show system info", "all", observed, "recordings of 7.0 and 10.0; values are made up"},
    Coverage{"op", "show clock", "all", assumed, ""},
    Coverage{"op", "show chassis-ready", "all", observed, "pan-os-python's tests"},
    Coverage{"op", "show high-availability state", "all", observed, "only `enabled` no"},
    Coverage{"op", "show config running", "all", observed, "clients in use"},
    Coverage{"op", "show config candidate", "all", observed, "that it has no marks is assumed"},
    Coverage{"op", "show config list changes", "all", observed,
             "configpump recording; actions EDIT, DELETE, ... assumed"},
    Coverage{"op", "show config-locks", "all", observed, "configpump recording"},
    Coverage{"op", "show commit-locks", "all", observed, "configpump recording"},
    Coverage{"op", "check pending-changes", "all", observed, "cloudstack recording"},
    Coverage{"op", "check full-commit-required", "all", observed, "always no"},
    Coverage{"op", "request config-lock add", "all", observed, "wording of 5.0 before 11.0, of 11.1 from there"},
    Coverage{"op", "request config-lock remove", "all", observed, "wording of 5.0 before 11.0, of 11.1 from there"},
    Coverage{"op", "request commit-lock add", "all", observed, "configpump recording"},
    Coverage{"op", "request commit-lock remove", "all", observed, "configpump recording, napalm"},
    Coverage{"op", "revert config", "all", observed,
             "configpump; refusal while commits are queued: sebbb; partial: assumed"},
    Coverage{"op", "load config from", "all", observed, "running-config.xml only; it leaves one edit pending: assumed"},
    Coverage{"op", "validate full", "all", observed, "puppetlabs recording"},
    Coverage{"op", "test security-policy-match", "all", assumed,
             "name and action of the first rule; nothing when only the default rules match and a zone is not given"},
    Coverage{"op", "a command that there is not: code 17", "all", observed,
             "`unexpected here`, `is unexpected`: pan-os-python issue 515, pan-python issue 24"},
    Coverage{"export", "category=configuration: the candidate, bare", "all", observed, "pan-python's tests"},
    Coverage{"model", "members per group 2500, addresses 10000, groups 1000, rules 10000 (PA-VM)", "all", observed,
             "puppetlabs recording; other models are assumed"},
    Coverage{"model",
             "policy lookup: zones, negation, disabled rules, nested groups, ranges, wildcards, IPv6, services", "all",
             documented,
             "applications count only when the flow has one; EDLs, regions and dynamic groups match nothing"},
};

constexpr std::array<std::string_view, 12> missing{
    "type=user-id: registered addresses, dynamic address groups",
    "type=log, report, import; export of other categories",
    "config: override, multi-move, multi-clone, complete",
    "commit: object-xpaths; commit-all (there is no Panorama)",
    "op: everything that is not in the table, external lists, sessions, rule hit counts, licences, restart among it",
    "Panorama: device groups, templates, target=",
    "administrators with roles: everyone is a superuser; key lifetime",
    "REST API",
    "predefined objects (applications, services other than service-http and service-https)",
    "automatic commits other than the one at boot",
    "High availability",
    "more than one vsys, unless the loaded configuration has them",
};

std::string_view name_of(Provenance provenance) {
    switch (provenance) {
        case observed:
            return "observed";
        case documented:
            return "documented";
        case assumed:
            return "assumed";
    }
    return "";
}

}  // namespace

std::span<const Coverage> coverage() {
    return rows;
}

std::span<const std::string_view> not_covered() {
    return missing;
}

std::string coverage_page() {
    std::string page =
        "# What the mock PAN-OS firewall covers\n\n"
        "Made from the table in `sim/panos/coverage.cpp`; a unit test fails when this page is stale\n"
        "(`UPDATE_GOLDEN=1 ./unit_sim_panos` writes it anew).\n\n"
        "*observed*: recorded answers of real devices, or test suites that run against them, show it. *documented*: "
        "Palo Alto\n"
        "Networks says it. *assumed*: decided here, because nothing is known; check on a device before relying on "
        "it.\n\n"
        "| type | what | versions | provenance | source and remarks |\n|---|---|---|---|---|\n";
    for (const Coverage& row : rows) {
        page += fmt::format("| {} | {} | {} | {} | {} |\n", row.type, row.what, row.versions, name_of(row.provenance),
                            row.source);
    }
    page += "\n## Not covered\n\nAnswered as a device answers what it doesn't know.\n\n";
    for (const std::string_view each : missing) {
        page += fmt::format("- {}\n", each);
    }
    return page;
}

}  // namespace sim::panos
