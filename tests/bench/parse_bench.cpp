// How fast notifications are read, against a bare parse of the same bytes into a DOM:
//   bench_parse FILE...
// For each file, in turns, the median MB/s (of the thread's own time) of
//   bare    pugixml or Boost.JSON, doing nothing but parse the bytes into a DOM
//   parsed  the bridge's front end: the same bytes into its tree of the fields that matter
//   read    all of `read_notification`: the tree, and the Alerts with their suspects, victims and reasons
// and the ratios of the latter two to the first. Above 1 is faster than the bare parse.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <pugixml.hpp>

#include "bridge/fireeye/front_end.hpp"
#include "bridge/fireeye/notification_reader.hpp"

namespace {

/// The thread's own time, so that others on the machine disturb little.
double seconds_of_this_thread() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

constexpr int rounds = 15;
constexpr std::size_t bytes_per_round = 8UL << 20U;

/// False when the file is no notification or the bare parser refuses it: then there is nothing to compare.
bool reads(const std::string& body) {
    return bridge::fireeye::read_notification(body, {}).has_value();
}

bool is_xml(const std::string& body) {
    return body.find_first_not_of(" \t\r\n") == body.find('<');
}

bool parses(const std::string& body) {
    return (is_xml(body) ? bridge::fireeye::read_xml(body) : bridge::fireeye::read_json(body)).has_value();
}

bool parses_bare(const std::string& body) {
    if (is_xml(body)) {
        pugi::xml_document document;
        return static_cast<bool>(document.load_buffer(body.data(), body.size()));
    }
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(body, error);
    return !error && !value.is_null();
}

double rate_of(bool (*parse)(const std::string&), const std::string& body) {
    const std::size_t times = std::max<std::size_t>(1, bytes_per_round / body.size());
    const double begin = seconds_of_this_thread();
    for (std::size_t i = 0; i < times; ++i) {
        if (!parse(body)) {
            return 0;
        }
    }
    const double took = seconds_of_this_thread() - begin;
    return static_cast<double>(body.size() * times) / took / 1e6;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + rounds / 2, values.end());
    return values[rounds / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_parse FILE...\n");
        return 2;
    }
    int status = 0;
    std::printf("%10s %8s %8s %7s %8s %7s  %s\n", "bytes", "bare", "parsed", "ratio", "read", "ratio", "file");
    for (int i = 1; i < argc; ++i) {
        std::ifstream in(argv[i], std::ios::binary);
        const std::string body{std::istreambuf_iterator<char>(in), {}};
        if (body.empty() || !reads(body) || !parses_bare(body)) {
            std::printf("%s: no notification that both can read\n", argv[i]);
            status = 1;
            continue;
        }
        std::vector<double> bare_rates;
        std::vector<double> parsed_rates;
        std::vector<double> read_rates;
        for (int round = 0; round < rounds; ++round) {
            bare_rates.push_back(rate_of(parses_bare, body));
            parsed_rates.push_back(rate_of(parses, body));
            read_rates.push_back(rate_of(reads, body));
        }
        const double bare = median(bare_rates);
        const double parsed = median(parsed_rates);
        const double read = median(read_rates);
        std::printf("%10zu %8.0f %8.0f %7.2f %8.0f %7.2f  %s\n", body.size(), bare, parsed, parsed / bare, read,
                    read / bare, argv[i]);
    }
    return status;
}
