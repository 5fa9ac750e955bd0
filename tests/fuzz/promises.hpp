// What must hold of a notification whatever its bytes: the promises of bridge/fireeye and of the policy behind it.
#pragma once

#include <string_view>

namespace fuzz {

/// Reads the body and aborts, saying which promise, when one is broken.
void check_promises(std::string_view body);

}  // namespace fuzz
