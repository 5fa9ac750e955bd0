// The field names that blocking needs, in the one spelling that all dialects fold to. A name that is not in here is
// never built into a tree: so `os-changes`, `static-analysis`, `stolen-data`, mail headers, and whatever a later
// release adds are skipped with all that is below them, without a list of what to skip.
#pragma once

#include <cstdint>
#include <string_view>

namespace bridge::fireeye {

enum class Name : std::uint8_t {
    unknown,
    root,
    action,
    address,
    alert,
    alerts,
    appliance,
    appliance_id,
    attack_mode,
    channel,
    cnc_service,
    cnc_services,
    content,
    dst,
    explanation,
    host,
    http_header,
    id,
    ip,
    ips_detected,
    malicious,
    malware,
    malware_detected,
    msg,
    name,
    objurl,
    occurred,
    port,
    product,
    protocol,
    severity,
    sig_name,
    src,
    url,
    uuid,
    value,
    version,
};

/// Folds a leading '@' (legacy JSON), a namespace prefix, case, '-' and '_': "cnc-services", "cncServices",
/// "fe:cnc-services" and "@CNC_SERVICES" are one name. Namespace declarations (`xmlns`, `xmlns:x`) are unknown.
/// HX writes its alert's id as "_id", which folds to `id`.
Name name_of_key(std::string_view key);

}  // namespace bridge::fireeye
