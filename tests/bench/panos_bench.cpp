// What the mock firewall's own work costs as its configuration grows, through Device::handle as a client sees it, with
// commits that take no device time:
//   bench_panos [OBJECTS...]        default: 1000 10000 100000
// A table: a column for each size, and the ratio of the last to the first; times are the thread's own. The cost of a
// request must not grow with the number of objects; the bound for 100,000 is 1 ms for a get, set or delete of one, 200
// ms for a commit, and 1 KB an object in candidate and running configuration together.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "sim/panos/device.hpp"

namespace {

std::atomic<std::int64_t> live_bytes{0};

void* counted(std::size_t size) {
    void* const got = std::malloc(size);
    if (got == nullptr) {
        throw std::bad_alloc();
    }
    live_bytes += static_cast<std::int64_t>(malloc_usable_size(got)) + 8;  // and the allocator's own word
    return got;
}

void discounted(void* at) noexcept {
    if (at != nullptr) {
        live_bytes -= static_cast<std::int64_t>(malloc_usable_size(at)) + 8;
        std::free(at);
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* at) noexcept {
    discounted(at);
}
void operator delete[](void* at) noexcept {
    discounted(at);
}
void operator delete(void* at, std::size_t) noexcept {
    discounted(at);
}
void operator delete[](void* at, std::size_t) noexcept {
    discounted(at);
}

namespace {

using sim::panos::Device;
using sim::panos::Instant;

const std::string vsys1 = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";

std::string encoded(const std::string& text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (std::isalnum(u) != 0) {
            out += c;
        } else {
            out += '%';
            out += digits[u >> 4U];
            out += digits[u & 15U];
        }
    }
    return out;
}

std::string object(std::size_t number) {
    const std::string name = "block-" + std::to_string(number);
    const std::string ip = "203." + std::to_string(number >> 16U) + '.' + std::to_string((number >> 8U) & 255U) + '.' +
                           std::to_string(number & 255U);
    return "<entry name=\"" + name + "\"><ip-netmask>" + ip +
           "/32</ip-netmask><tag><member>firebreak</member></tag><description>alert " + std::to_string(number * 7919U) +
           " of nx-1, malware-callback</description></entry>";
}

struct Firewall {
    std::unique_ptr<Device> device;
    std::string key;
    Instant now{std::chrono::seconds(1'700'000'000)};

    Firewall() {
        sim::panos::DeviceOptions options;
        options.model = "PA-5250";
        options.commit_time = std::chrono::microseconds(0);
        auto made = Device::make(std::move(options), now);
        if (!made) {
            std::fprintf(stderr, "%s\n", made.error().c_str());
            std::exit(1);
        }
        device = std::move(*made);
        key = device->api_key("admin");
    }

    std::string post(const std::string& body) {
        net::HttpRequest request;
        request.method = "POST";
        request.target = "/api/";
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
        request.body = body + "&key=" + key;
        request.peer = "192.0.2.9";
        return device->handle(request, now).body;
    }
    void must(const std::string& body, const char* wanted) {
        const std::string answer = post(body);
        if (answer.find(wanted) == std::string::npos) {
            std::fprintf(stderr, "unexpected answer: %s\n", answer.substr(0, 500).c_str());
            std::exit(1);
        }
    }
    static std::string change(const char* action, const std::string& xpath, const std::string& element = {}) {
        return std::string("type=config&action=") + action + "&xpath=" + encoded(xpath) +
               (element.empty() ? "" : "&element=" + encoded(element));
    }
    void commit() { must("type=commit&cmd=" + encoded("<commit></commit>"), "jobid"); }
};

// The thread's own time, so that other programs of a busy machine don't count.
double own_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double milliseconds(const std::function<void()>& work) {
    const double from = own_time();
    work();
    return own_time() - from;
}

struct Series {
    std::vector<double> all;
    double median() {
        std::sort(all.begin(), all.end());
        return all.empty() ? 0 : all[all.size() / 2];
    }
};

using Row = std::pair<const char*, double>;

std::vector<Row> measured(std::size_t objects) {
    Firewall fw;
    fw.must(Firewall::change("set", vsys1 + "/tag", "<entry name='firebreak'/>"), "success");
    fw.must(Firewall::change("set", vsys1 + "/address-group",
                             "<entry name='dyn'><dynamic><filter>'firebreak'</filter></dynamic></entry>"),
            "success");
    fw.commit();
    const std::int64_t before = live_bytes;

    const std::string addresses = vsys1 + "/address";
    Series bulk;
    for (std::size_t from = 0; from < objects; from += 1000) {
        std::string element;
        for (std::size_t i = from; i < std::min(from + 1000, objects); ++i) {
            element += object(i);
        }
        const std::string body = Firewall::change("set", addresses, element);
        bulk.all.push_back(milliseconds([&] { fw.must(body, "success"); }));
    }
    const double last_bulk = bulk.all.back();
    const double pending_bytes = static_cast<double>(live_bytes - before) / static_cast<double>(objects);
    const double commit_all = milliseconds([&] { fw.commit(); });
    const double bytes = static_cast<double>(live_bytes - before) / static_cast<double>(objects);

    std::string members;
    for (std::size_t i = 0; i < std::min<std::size_t>(objects, 2500); ++i) {
        members += "<member>block-" + std::to_string(objects - 1 - i) + "</member>";
    }
    fw.must(
        Firewall::change("set", vsys1 + "/address-group/entry[@name='blocked']", "<static>" + members + "</static>"),
        "success");
    fw.must(Firewall::change("edit", vsys1 + "/rulebase/security/rules/entry[@name='outbound']/destination",
                             "<destination><member>blocked</member></destination>"),
            "success");
    fw.commit();

    Series set;
    Series get;
    Series erase;
    Series refused;
    for (std::size_t i = 0; i < 300; ++i) {
        const std::string xpath = addresses + "/entry[@name='block-" + std::to_string(objects + i) + "']";
        const std::string old = addresses + "/entry[@name='block-" + std::to_string(i * (objects / 300)) + "']";
        const std::string element = object(objects + i);
        const std::string setting = Firewall::change("set", addresses, element);
        const std::string getting = Firewall::change("get", old);
        const std::string erasing = Firewall::change("delete", xpath);
        set.all.push_back(milliseconds([&] { fw.must(setting, "code=\"20\""); }));
        get.all.push_back(milliseconds([&] { fw.must(getting, "code=\"19\""); }));
        erase.all.push_back(milliseconds([&] { fw.must(erasing, "code=\"20\""); }));
    }
    Series commit_one;
    for (std::size_t i = 0; i < 20; ++i) {
        fw.must(Firewall::change("set", addresses, object(objects + 1000 + i)), "code=\"20\"");
        commit_one.all.push_back(milliseconds([&] { fw.commit(); }));
    }
    Series commit_erased;
    for (std::size_t i = 0; i < 20; ++i) {
        fw.must(
            Firewall::change("delete", addresses + "/entry[@name='block-" + std::to_string(objects + 1000 + i) + "']"),
            "code=\"20\"");
        commit_erased.all.push_back(milliseconds([&] { fw.commit(); }));
    }
    sim::panos::Flow flow;
    flow.from = "192.0.2.10";
    flow.to = "203.0.0.7";
    const double verdict = milliseconds([&] { static_cast<void>(fw.device->verdict(flow, fw.now)); });
    return {{"set of one, ms", set.median()},
            {"get of one, ms", get.median()},
            {"delete of one, ms", erase.median()},
            {"set of 1000 at once, ms", last_bulk},
            {"commit of one set, ms", commit_one.median()},
            {"commit of one delete, ms", commit_erased.median()},
            {"commit of all at once, ms", commit_all},
            {"first verdict after a commit, ms", verdict},
            {"bytes an object, uncommitted", pending_bytes},
            {"bytes an object, committed", bytes}};
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) {
        sizes.push_back(std::strtoull(argv[i], nullptr, 10));
    }
    if (sizes.empty()) {
        sizes = {1000, 10000, 100000};
    }
    std::vector<std::vector<Row>> columns;
    for (const std::size_t size : sizes) {
        if (size < 1000) {
            std::fprintf(stderr, "at least 1000 objects, please, not %zu\n", size);
            return 2;
        }
        columns.push_back(measured(size));
    }
    std::printf("%-34s", "objects");
    for (const std::size_t size : sizes) {
        std::printf("%12zu", size);
    }
    std::printf("%12s\n", "ratio");
    for (std::size_t row = 0; row < columns.front().size(); ++row) {
        std::printf("%-34s", columns.front()[row].first);
        for (const auto& column : columns) {
            std::printf("%12.3f", column[row].second);
        }
        std::printf("%12.1f\n", columns.back()[row].second / columns.front()[row].second);
    }
    return 0;
}
