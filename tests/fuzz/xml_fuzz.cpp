// The XML front end: any bytes end in a value.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bridge/fireeye/front_end.hpp"
#include "promises.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(bytes), size);
    static_cast<void>(bridge::fireeye::read_xml(body));  // also what does not begin with '<'
    fuzz::check_promises(body);
    return 0;
}
