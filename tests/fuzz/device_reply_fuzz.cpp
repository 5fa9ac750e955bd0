// What a firewall answers: any bytes are read as an answer to each call that the bridge makes, and what is not an
// answer to that call is a failure with a reason, never a success.
//
// Shape of an input: a byte that chooses the HTTP status, then the body.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bridge/panos/long_answer.hpp"
#include "bridge/panos/reply.hpp"
#include "bridge/panos/text_mender.hpp"
#include "unit/bridge/panos/told.hpp"

namespace {

using namespace bridge;

constexpr std::array<unsigned, 8> statuses{200, 200, 200, 200, 400, 403, 500, 502};

void promise(bool kept, const char* which) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", which);
        std::abort();
    }
}

template <typename Read>
void promise_reason(const domain::Result<Read>& read) {
    promise(read || !read.error().detail.empty(), "a failure says why");
}

domain::Call call_of(std::size_t number) {
    switch (number) {
        case 0:
            return domain::ReadJobs{};
        case 1:
            return domain::ReadObjects{};
        case 2:
            return domain::ReadGroups{.children = true};
        case 3:
            return domain::SetMembers{};
        case 4:
            return domain::DeleteMembers{};
        case 5:
            return domain::StartCommit{};
        case 6:
            return domain::ReadJob{4};
        case 7:
            return domain::ReadDeviceGroups{"0011"};
        case 8:
            return domain::StartPush{};
        case 9:
            return domain::ReadPush{4};
        case 10:
            return domain::ReadSystem{};
        case 11:
            return domain::ReadDynamicGroup{};
        case 12:
            return domain::ReadRegistered{};
        case 13:
            return domain::CountRegistered{};
        case 14:
            return domain::ReadTag{};
        default:
            return domain::RegisterAddresses{};
    }
}
constexpr std::size_t calls = 16;

/// What is read in pieces of an answer that may be long is what the whole answer says, or nothing.
void promise_same(panos::LongAnswer& reader, const panos::ApiReply& reply, std::size_t piece,
                  const domain::Result<domain::Reply>& whole) {
    std::string_view rest = reply.body;
    for (; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
        reader.take(rest.substr(0, piece));
    }
    const auto read = reader.finish(reply.status);
    promise_reason(read);
    promise((!read && read.error().code == domain::Errc::malformed) || test::told(read) == test::told(whole),
            "a long answer reads as a whole one or is malformed");
}

domain::Result<domain::Reply> counted(const panos::ApiReply& reply) {
    const auto count = panos::read_entry_count(reply);
    if (!count) {
        return tl::unexpected(count.error());
    }
    domain::CapacitySeen seen;
    seen.objects = *count;
    return seen;
}

/// The reader of whole answers takes bytes as they are; the other mends them first.
std::string mended(const std::string& body) {
    panos::TextMender mender;
    return std::string(mender.mend(body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const panos::ApiReply reply{statuses[bytes[0] % statuses.size()],
                                std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1)};
    panos::Place place;
    place.group = "blocked";
    place.tag = "firebreak";
    place.admin = "firebreak";
    const panos::ApiReply clean{reply.status, mended(reply.body)};
    const std::size_t piece = 1 + bytes[0] / statuses.size();
    for (const char* device_group : {"", "Branches"}) {
        place.device_group = device_group;
        for (std::size_t i = 0; i < calls; ++i) {
            const domain::Call call = call_of(i);
            const auto read = panos::read_reply(call, reply, place);
            promise_reason(read);
            if (const auto reader = panos::LongAnswer::to(call, place)) {
                promise_same(*reader, reply, piece, panos::read_reply(call, clean, place));
            }
            // A job that a refusal names for a reason of its own is no job of ours; all else is an error as it stands.
            promise(!read || reply.status < 400, "an HTTP error is no success");
        }
    }
    const auto key = panos::read_key(reply);
    promise_reason(key);
    promise(!key || !key->reveal().empty(), "a key is not empty");
    promise_reason(panos::read_mark(reply));
    promise_reason(panos::read_limits(reply));
    promise_reason(panos::read_entry_count(reply));
    promise_same(*panos::LongAnswer::to_object_names(), reply, piece, counted(clean));
    promise_reason(panos::read_groups_below(reply, "Branches"));
    promise_reason(panos::read_devices(reply, {"Branches"}));
    promise_reason(panos::read_ha_state(reply));
    static_cast<void>(panos::read_lock_owners(reply));
    return 0;
}
