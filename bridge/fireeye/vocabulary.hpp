// The field names that blocking needs, in the one spelling that all dialects fold to. A name that is not in here is
// never built into a tree: so `os-changes`, `static-analysis`, `stolen-data`, mail headers, and whatever a later
// release adds are skipped with all that is below them, without a list of what to skip.
#pragma once

#include <cstddef>
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
    alert_url,
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
    sensor,
    sensor_ip,
    severity,
    sig_name,
    smtp_mail_from,
    smtp_message,
    smtp_to,
    src,
    url,
    uuid,
    value,
    version,  // the last one: see name_count
};

constexpr std::size_t name_count = static_cast<std::size_t>(Name::version) + 1;

/// Folds a leading '@' (legacy JSON), a namespace prefix, case, '-', '_' and blanks: "cnc-services", "cncServices",
/// "fe:cnc-services", "@CNC_SERVICES" and "cnc- services" (as published, from a wrapped page) are one name. Namespace
/// declarations (`xmlns`, `xmlns:x`) are unknown. What converters of XML to JSON call the text beside attributes
/// ("#text", "$", "$t", "_", "__text", "text") is `content`. HX writes its alert's id as "_id", which folds to `id`.
Name name_of_key(std::string_view key);

}  // namespace bridge::fireeye
