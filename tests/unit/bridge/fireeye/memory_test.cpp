// What reading takes, counted at operator new: an extended notification of 16 MB is nearly all sandbox diary, and a
// bridge that built it would need ten times that.
#include <malloc.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <string>

#include "bridge/fireeye/notification_reader.hpp"

namespace {

// Of this program's tests, which run on one thread.
std::size_t in_use = 0;
std::size_t peak = 0;

constexpr std::size_t body_size = 16U << 20U;

std::string diary(std::string_view event, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + event.size());
    while (text.size() < bytes) {
        text += event;
    }
    return text;
}

std::string extended_xml() {
    return R"(<alerts msg="extended" product="Web MPS"><alert id="1" name="malware-object"><explanation><os-changes>)" +
           diary(R"(<network mode="connect"><ipaddress>198.18.0.9</ipaddress><port>80</port></network>)", body_size) +
           "</os-changes></explanation><dst><ip>203.0.113.5</ip></dst></alert></alerts>";
}

std::string extended_json(std::string_view event) {
    return R"({"msg":"extended","product":"Web MPS","alert":{"id":"1","name":"malware-object","dst":{"ip":"203.0.113.5"},)"
           R"("explanation":{"os-changes":{"network":[)" +
           diary(event, body_size) + R"({}]}}}})";
}

/// The most that was in use while reading, in bytes per byte of the body, the body not counted.
double taken_by(const std::string& body) {
    const std::size_t before = in_use;
    peak = in_use;
    const auto notification = bridge::fireeye::read_notification(body, {});
    REQUIRE(notification);
    REQUIRE(notification->alerts.size() == 1);
    CHECK(notification->alerts.front().suspects.size() == 1);
    return static_cast<double>(peak - before) / static_cast<double>(body.size());
}

}  // namespace

void* operator new(std::size_t size) {
    void* const memory = std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    in_use += malloc_usable_size(memory);
    peak = std::max(peak, in_use);
    return memory;
}

void operator delete(void* memory) noexcept {
    in_use -= memory == nullptr ? 0 : malloc_usable_size(memory);
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

TEST_CASE("an extended notification of 16 MB is read without building its diary", "[bridge][fireeye]") {
    CHECK(taken_by(extended_xml()) < 0.01);
    CHECK(taken_by(extended_json(R"({"mode":"connect","ipaddress":"198.18.0.9","port":"80"},)")) < 0.01);
}

TEST_CASE("the lenient second try of JSON takes less than twice the body", "[bridge][fireeye]") {
    CHECK(taken_by(extended_json("{\"mode\":\"connect\",\"note\":\"raw\nnewline\"},")) < 2.0);
}
