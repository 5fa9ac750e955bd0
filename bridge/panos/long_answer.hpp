// Reads a long answer while it comes: of a hundred thousand address objects (20 MB) only what the enforcer compares is
// kept, and the work is done where the bytes arrive, not on the bridge's loop.
#pragma once

#include <memory>
#include <string_view>

#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/panos/request.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// The answer is sorted as `read_reply` sorts a whole one, with two differences: what is no well-formed XML is
/// malformed, where the reader of whole answers lets some of it pass; and so is an answer of which more than 4 MiB
/// would have to be kept beside the objects and members.
class LongAnswer final : public BodyReader {
public:
    /// Whether the call's answer may be long: of ReadObjects, ReadGroups, ReadDeviceGroups.
    static bool is_due(const domain::Call& call);
    /// For such a call; null for any other.
    static std::shared_ptr<LongAnswer> to(const domain::Call& call, const Place& place);
    /// For `form_of_object_names`: the reply is a CapacitySeen that tells `objects`.
    static std::shared_ptr<LongAnswer> to_object_names();

    ~LongAnswer() override;
    LongAnswer(const LongAnswer&) = delete;
    LongAnswer& operator=(const LongAnswer&) = delete;

    void take(std::string_view bytes) override;

    /// The answer, once its body has been taken. `http` is its status. To be called once.
    /// Errors   as read_reply
    domain::Result<domain::Reply> finish(unsigned http);

private:
    class Document;
    class Gatherer;
    class Objects;
    class Groups;
    class Names;

    LongAnswer(domain::Call call, std::unique_ptr<Gatherer> gatherer);

    domain::Call call_;
    std::unique_ptr<Gatherer> gatherer_;
    std::unique_ptr<Document> document_;
};

}  // namespace bridge::panos
