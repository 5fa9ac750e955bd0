// The REST API (9.0 on): /restapi/v10.1/Objects/Addresses?location=vsys&vsys=vsys1&name=N. It reads and changes the
// same candidate as the XML API and by the same means; what the XML API refuses, it refuses in its own words.
#pragma once

#include <string_view>

#include "sim/panos/call/call.hpp"

namespace sim::panos {

/// The path is one of the REST API, of whatever version.
bool is_rest(std::string_view path);

/// The key may be a parameter: only of /restapi/9.0, as its documentation shows it.
bool rest_takes_key_parameter(std::string_view path);

/// Parameters of the query; a REST call's body is no form, whatever its content type says (curl -d says form).
Parameters rest_parameters(const ApiCall& call);

/// Ready to be carried out. Errors are answers: 404 for a version newer than the device and for an unknown resource.
Prepared prepare_rest(Machine& machine, const Session& session, const ApiCall& call);

/// An answer of the XML dialect in the dialect of the REST API, or in the XML that output-format asks for: status, code
/// and the lines as {"code":3,"message":"Invalid Object","details":[{"@type":"CauseInfo","causes":[...]}]} (REST API
/// guide, "Create a Security Policy Rule"). What is in the REST dialect already stays.
Reply in_rest_dialect(Reply reply, const ApiCall& call);

}  // namespace sim::panos
