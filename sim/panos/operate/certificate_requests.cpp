// Operational commands that make certificates and ask for them: `request certificate generate` really makes a key, and
// a certificate or a request for one, in the candidate. What would ask a server of the vendor reaches none.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "sim/panos/call/certificate_maker.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/operation_call.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/splitmix.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"
#include "sim/panos/web/rest_json.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view generate_path = " request -> certificate -> generate";

// The members of a list, or its text.
std::vector<std::string> members(const Element& command, std::string_view name) {
    std::vector<std::string> all;
    if (const Element* const list = command.child(name)) {
        for (const Element& each : list->children) {
            all.push_back(each.text);
        }
        if (list->children.empty() && !list->text.empty()) {
            all.push_back(list->text);
        }
    }
    return all;
}

Lines invalid(std::string_view field) {
    return {fmt::format("{} -> {} is invalid", generate_path, field), fmt::format("{} is invalid", generate_path)};
}

// <algorithm><RSA><rsa-nbits>2048</rsa-nbits></RSA></algorithm>, or ECDSA with ecdsa-nbits.
bool read_algorithm(const Element& command, CertificateWish& wish) {
    const Element* const algorithm = command.child("algorithm");
    if (algorithm == nullptr) {
        return true;
    }
    const Element* const rsa = algorithm->child("RSA");
    const Element* const curve = algorithm->child("ECDSA");
    if (algorithm->children.size() != 1 || (rsa == nullptr && curve == nullptr)) {
        return false;
    }
    const std::string bits = rsa != nullptr ? rsa->text_of("rsa-nbits") : curve->text_of("ecdsa-nbits");
    static constexpr std::array<unsigned, 5> rsa_sizes{512, 1024, 2048, 3072, 4096};
    static constexpr std::array<unsigned, 2> curve_sizes{256, 384};
    wish.key.elliptic = curve != nullptr;
    wish.key.bits = wish.key.elliptic ? 256 : 2048;
    if (bits.empty()) {
        return true;
    }
    const auto size = whole_number(bits);
    const std::span<const unsigned> sizes =
        wish.key.elliptic ? std::span<const unsigned>(curve_sizes) : std::span<const unsigned>(rsa_sizes);
    if (!size || std::find(sizes.begin(), sizes.end(), *size) == sizes.end()) {
        return false;
    }
    wish.key.bits = static_cast<unsigned>(*size);
    return true;
}

tl::expected<CertificateWish, Lines> read_wish(const Element& command) {
    CertificateWish wish;
    const std::string name = command.text_of("name");
    if (name.empty()) {
        return tl::make_unexpected(
            Lines{fmt::format("{} is missing 'name'", generate_path), fmt::format("{} is invalid", generate_path)});
    }
    if (!read_algorithm(command, wish)) {
        return tl::make_unexpected(invalid("algorithm"));
    }
    for (const auto& [field, letters] :
         {std::pair{"country-code", "C"}, {"state", "ST"}, {"locality", "L"}, {"organization", "O"}}) {
        if (const std::string text = command.text_of(field); !text.empty()) {
            wish.subject.emplace_back(letters, text);
        }
    }
    for (const std::string& unit : members(command, "organization-unit")) {
        wish.subject.emplace_back("OU", unit);
    }
    wish.subject.emplace_back("CN", name);
    for (const auto& [field, kind] : {std::pair{"hostname", "DNS:"}, {"ip", "IP:"}, {"alt-email", "email:"}}) {
        for (const std::string& each : members(command, field)) {
            if (each.find_first_of(",\n") != std::string::npos) {
                return tl::make_unexpected(invalid(field));
            }
            wish.alternatives.push_back(kind + each);
        }
    }
    if (const std::string digest = command.text_of("digest"); !digest.empty()) {
        static constexpr std::array<std::string_view, 5> digests{"md5", "sha1", "sha256", "sha384", "sha512"};
        if (std::find(digests.begin(), digests.end(), digest) == digests.end()) {
            return tl::make_unexpected(invalid("digest"));
        }
        wish.digest = digest;
    }
    const std::string authority = command.text_of("ca");
    if (!authority.empty() && authority != "yes" && authority != "no") {
        return tl::make_unexpected(invalid("ca"));
    }
    wish.authority = authority == "yes";
    if (const std::string days = command.text_of("days-till-expiry"); !days.empty()) {
        const auto count = whole_number(days);
        if (!count || *count < 1 || *count > 7300) {
            return tl::make_unexpected(invalid("days-till-expiry"));
        }
        wish.days = static_cast<unsigned>(*count);
    }
    return wish;
}

// Where new certificates go: shared, a Panorama's own, or the virtual system of the call.
std::string container_of(const OperationCall& call) {
    if (call.machine.panorama()) {
        return "/config/panorama/certificate";
    }
    const std::string& vsys = call.session.vsys;
    return vsys.empty() || vsys == "shared"
               ? std::string("/config/shared/certificate")
               : fmt::format("/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='{}']/certificate",
                             vsys);
}

NodePtr certificate_named(const OperationCall& call, const std::string& name) {
    const NodePtr& candidate = call.machine.configuration.candidate();
    std::vector<NodePtr> containers{node_at(candidate, std::vector<std::string>{"panorama", "certificate"})};
    for (const Scope& scope : scopes_of(candidate)) {
        if (scope.shared() || scope.vsys() == call.session.vsys) {
            containers.push_back(scope.node->child_ptr("certificate"));
        }
    }
    for (const NodePtr& each : containers) {
        if (each && each->child("entry", name) != nullptr) {
            return each->child_ptr("entry", name);
        }
    }
    return nullptr;
}

Reply generate(const OperationCall& call) {
    const std::string name = call.command.text_of("certificate-name");
    if (name.empty() || name.size() > 63) {
        return error(17, name.empty() ? Lines{fmt::format("{} is missing 'certificate-name'", generate_path),
                                              fmt::format("{} is invalid", generate_path)}
                                      : invalid("certificate-name"));
    }
    const auto wish = read_wish(call.command);
    if (!wish) {
        return error(17, wish.error());
    }
    if (certificate_named(call, name)) {
        return error(0, {fmt::format("Failed to generate certificate {}. A certificate of that name exists already",
                                     escaped_line(name))});
    }
    const std::string signer = call.command.text_of("signed-by");
    SignedBy by = SignedBy::itself;
    CertificateFile authority;
    if (signer == "external") {
        by = SignedBy::elsewhere;
    } else if (!signer.empty()) {
        by = SignedBy::signer;
        const NodePtr found = certificate_named(call, signer);
        if (!found || found->text_of("ca") != "yes") {
            return error(
                17, {fmt::format("{} -> signed-by '{}' is not a valid reference", generate_path, escaped_line(signer)),
                     fmt::format("{} is invalid", generate_path)});
        }
        authority.certificate = std::string(found->text_of("public-key"));
        const auto key = call.machine.private_keys.find(std::string(found->text_of("private-key")));
        authority.key = key == call.machine.private_keys.end() ? "" : key->second;
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(call.session.now.time_since_epoch());
    const std::uint64_t serial =
        mixed(call.machine.options.seed ^ static_cast<std::uint64_t>(now.count()) ^ std::hash<std::string>{}(name)) >>
        1U;
    std::string key;
    if (const auto at = std::find_if(call.machine.keys_at_hand.begin(), call.machine.keys_at_hand.end(),
                                     [&wish](const MadeKey& each) { return each.kind == wish->key; });
        at != call.machine.keys_at_hand.end()) {
        key = std::move(at->pem);
        call.machine.keys_at_hand.erase(at);
    }
    const auto made = make_certificate(*wish, by, authority, now, serial, key);
    if (!made) {
        return error(0, {fmt::format("Failed to generate certificate {}. {}", escaped_line(name), made.error())});
    }
    Element entry;
    entry.name = "entry";
    entry.attributes.emplace_back("name", name);
    if (made->certificate.empty()) {
        entry.children = {{"common-name", {}, call.command.text_of("name"), {}},
                          {"algorithm", {}, wish->key.elliptic ? "EC" : "RSA", {}},
                          {"csr", {}, made->request, {}}};
    } else {
        entry.children = certificate_fields(made->certificate);
    }
    entry.children.push_back({"private-key", {}, sealed_key(made->key), {}});
    const Parameters change = Parameters::of(
        {{"type", "config"}, {"action", "set"}, {"xpath", container_of(call)}, {"element", to_xml(entry)}});
    Reply set = prepare_config(call.machine, call.session, change).carry_out();
    if (set.status != "success") {
        return set;
    }
    call.machine.private_keys[sealed_key(made->key)] = made->key;
    return result(fmt::format("Successfully generated certificate and key pair : {}", escaped_text(name)));
}

// `otp` is the element's name: `pan-device-certificate` is unexpected on 11.2.
Reply fetch(const OperationCall& call) {
    if (!call.machine.version.shows_device_certificate()) {
        return error(17, unexpected_lines({"request", "certificate", "fetch"}));
    }
    if (call.command.text_of("otp").empty() && !call.machine.model->virtual_machine()) {
        return error(17, {" request -> certificate -> fetch -> otp is invalid"});
    }
    const std::uint64_t job = call.machine.enqueue_job(
        "FetchCert", call.session.admin, std::chrono::seconds(5),
        [](Job& ended, Instant) {
            ended.result = JobResult::fail;
            ended.details = {"Failed to fetch device certificate. Failed to connect to the server"};
        },
        call.session.now);
    return success(19, fmt::format("<result><msg><line>Certificate fetch job enqueued with jobid {0}</line></msg>"
                                   "<job>{0}</job></result>",
                                   job));
}

constexpr std::string_view generate_arguments =
    "certificate-name name algorithm digest ca signed-by country-code state locality organization organization-unit "
    "hostname ip alt-email days-till-expiry ocsp-responder-url";

constexpr Operation certificate_request_commands[] = {
    {"request certificate generate", generate_arguments, generate},
    {"request certificate fetch", "otp", fetch},
};

}  // namespace

std::optional<KeyKind> key_wanted(std::string_view command) {
    if (command.find("generate") == std::string_view::npos) {
        return std::nullopt;
    }
    const auto elements = read_xml(command);
    const Element* at =
        elements && elements->size() == 1 && elements->front().name == "request" ? &elements->front() : nullptr;
    for (const std::string_view step : {"certificate", "generate"}) {
        at = at == nullptr ? nullptr : at->child(step);
    }
    const auto wish = at == nullptr ? tl::make_unexpected(Lines{}) : read_wish(*at);
    return !wish || wish->key.elliptic ? std::nullopt : std::optional(wish->key);
}

std::span<const Operation> certificate_request_operations() {
    return certificate_request_commands;
}

}  // namespace sim::panos
