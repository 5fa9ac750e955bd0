// The version that this program says it is; the one that can be killed at each durable step says so.
#pragma once

namespace bridge {

extern const char* const version;  // "0.1.0", "0.1.0-crash"

}  // namespace bridge
