// `firebreak-bridge hash-password`: a password, read where nobody looks over the shoulder, as the line that
// `password_hash_file` takes.
#pragma once

#include <iosfwd>

namespace bridge::operate {

/// Reads one line from standard input; from a terminal without echo, and twice. Prints the hash's line to `out`.
/// Returns the exit code: 0, or 1 with the reason on `err`.
int hash_password(std::ostream& out, std::ostream& err);

}  // namespace bridge::operate
