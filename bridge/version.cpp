#include "version.hpp"

namespace bridge {

const char* const version = FIREBREAK_VERSION;

}  // namespace bridge
