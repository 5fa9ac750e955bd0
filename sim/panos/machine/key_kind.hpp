// A key pair that a command needs and that takes long to make: seconds for a long RSA key.
#pragma once

#include <string>

namespace sim::panos {

struct KeyKind {
    bool elliptic = false;
    unsigned bits = 2048;

    friend bool operator==(const KeyKind&, const KeyKind&) = default;
};

/// One that was made beforehand.
struct MadeKey {
    KeyKind kind;
    std::string pem;  // not encrypted: a secret
};

}  // namespace sim::panos
