// The JSON front end: any bytes end in a value, and what a strict parser takes, ours takes.
#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bridge/fireeye/front_end.hpp"
#include "promises.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(bytes), size);
    const bool read = bridge::fireeye::read_json(body).has_value();
    boost::json::parse_options options;
    options.max_depth = bridge::fireeye::FieldTree::depth_max;
    boost::json::error_code error;
    static_cast<void>(boost::json::parse(boost::json::string_view(body.data(), body.size()), error, {}, options));
    if (!error && !read) {
        std::fprintf(stderr, "broken promise: JSON that a strict parser takes is read\n");
        std::abort();
    }
    fuzz::check_promises(body);
    return 0;
}
