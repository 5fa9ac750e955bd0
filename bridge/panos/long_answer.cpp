#include "bridge/panos/long_answer.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bridge/panos/answer_parts.hpp"
#include "bridge/panos/text_mender.hpp"

namespace bridge::panos {

using namespace domain;

namespace {

// <response> is at depth 1, <result> at 2, what it holds from 3 on.
constexpr int below_result = 3;
// No reader looks deeper.
constexpr int depth_max = 32;
constexpr std::size_t kept_bytes_max = 4U << 20U;
// The parser looks at an unfinished tag or comment anew with every piece of it.
constexpr XML_Index tag_bytes_max = 1 << 20;

std::string_view name_of(const pugi::xml_node& node) {
    return node.name();
}

std::string_view entry_name(const pugi::xml_node& node) {
    return node.attribute("name").value();
}

}  // namespace

/// Decides about each element below <result> of a success, and takes what it wants.
class LongAnswer::Gatherer {
public:
    enum class Fate {
        keep,  // with the element that it is in
        take,  // is handed over at its end, and freed
        skip
    };

    virtual ~Gatherer() = default;
    /// At its start: it has its attributes, and nothing in it yet.
    virtual Fate fate_of(const pugi::xml_node& element, int depth) = 0;
    virtual void take(const pugi::xml_node& element, int depth) = 0;
    /// At the end of the answer, where the bytes arrive: what is better not done on the loop.
    virtual void settle() {}
    virtual Reply reply() = 0;
};

/// As much of the answer as is kept, built from the parser's events as pugixml would build it: the text of an element
/// ends where a child, a comment or a CDATA section stands, and blanks alone are none.
class LongAnswer::Document {
public:
    explicit Document(Gatherer& gatherer) : gatherer_(gatherer), parser_(XML_ParserCreate("UTF-8")), at_(document_) {
        XML_SetUserData(parser_, this);
        XML_SetElementHandler(
            parser_, [](void* self, const char* name, const char** attributes) { of(self).begin(name, attributes); },
            [](void* self, const char*) { of(self).end(); });
        XML_SetCharacterDataHandler(parser_, [](void* self, const char* text, int size) {
            of(self).add_text({text, static_cast<std::size_t>(size)});
        });
        XML_SetCdataSectionHandler(
            parser_, [](void* self) { of(self).end_text(); }, [](void* self) { of(self).end_cdata(); });
        XML_SetCommentHandler(parser_, [](void* self, const char*) { of(self).end_text(); });
        XML_SetProcessingInstructionHandler(parser_, [](void* self, const char*, const char*) { of(self).end_text(); });
        XML_SetStartDoctypeDeclHandler(
            parser_, [](void* self, const char*, const char*, const char*, int) { of(self).stop(doctype_flaw); });
    }
    ~Document() { XML_ParserFree(parser_); }
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    void parse(std::string_view bytes, bool last) {
        if (!flaw_.empty()) {
            return;
        }
        bytes_ += bytes.size();
        const std::string_view text = without_beginning(mender_.mend(bytes));
        mended_ += text.size();
        if (XML_Parse(parser_, text.data(), static_cast<int>(text.size()), last ? 1 : 0) != XML_STATUS_OK) {
            stop(fmt::format("the answer is no XML at byte {} of {}: {}", XML_GetCurrentByteIndex(parser_), bytes_,
                             XML_ErrorString(XML_GetErrorCode(parser_))));
            return;
        }
        const XML_Index parsed = XML_GetCurrentByteIndex(parser_);
        if (parsed >= 0 && static_cast<XML_Index>(mended_) - parsed > tag_bytes_max) {
            stop(fmt::format("the answer has a tag of more than {} MiB at byte {}", tag_bytes_max >> 20, parsed));
        }
    }

    const std::string& flaw() const { return flaw_; }
    pugi::xml_node response() const { return document_.child("response"); }

private:
    using Fate = Gatherer::Fate;

    static Document& of(void* self) { return *static_cast<Document*>(self); }

    /// A byte order mark and blanks before the document are no part of it.
    std::string_view without_beginning(std::string_view text) {
        while (mended_ == 0 && !text.empty()) {
            constexpr std::string_view blanks = " \t\r\n";
            constexpr std::string_view mark = "\xEF\xBB\xBF";
            if (blanks.find(text.front()) != std::string_view::npos) {
                text.remove_prefix(1);
            } else if (!marked_ && text.starts_with(mark)) {  // the mender leaves characters whole
                marked_ = true;
                text.remove_prefix(mark.size());
            } else {
                break;
            }
        }
        return text;
    }

    void stop(std::string flaw) {
        if (flaw_.empty()) {
            flaw_ = std::move(flaw);
            XML_StopParser(parser_, XML_FALSE);
        }
    }

    void keep(std::size_t bytes) {
        kept_ += bytes;
        if (kept_ > kept_bytes_max) {
            stop(fmt::format("the answer holds more than {} MiB of what is none of it", kept_bytes_max >> 20U));
        }
    }

    Fate fate_of(const pugi::xml_node& element) const {
        if (depth_ > depth_max) {
            return Fate::skip;
        }
        if (!success_ || depth_ < below_result - 1) {
            return Fate::keep;
        }
        if (depth_ >= below_result) {
            return gatherer_.fate_of(element, depth_);
        }
        return element == element.parent().child("result") ? Fate::keep : Fate::skip;
    }

    void begin(const char* name, const char** attributes) {
        ++depth_;
        if (skipped_ > 0) {
            ++skipped_;
            return;
        }
        end_text();
        constexpr std::size_t element_bytes = 64;
        const std::size_t kept_before = kept_;
        std::size_t bytes = element_bytes + std::string_view(name).size();
        pugi::xml_node element = at_.append_child(name);
        for (; *attributes != nullptr; attributes += 2) {
            element.append_attribute(attributes[0]).set_value(attributes[1]);
            bytes += element_bytes + std::string_view(attributes[0]).size() + std::string_view(attributes[1]).size();
        }
        if (depth_ == 1) {
            success_ =
                name_of(element) == "response" && std::string_view(element.attribute("status").value()) == "success";
        }
        switch (fate_of(element)) {
            case Fate::take:
                taken_.push_back({depth_, kept_before});
                [[fallthrough]];
            case Fate::keep:
                at_ = element;
                keep(bytes);
                break;
            case Fate::skip:
                at_.remove_child(element);
                skipped_ = 1;
                break;
        }
    }

    void end() {
        if (skipped_ > 0) {
            --skipped_;
            --depth_;
            return;
        }
        end_text();
        pugi::xml_node element = at_;
        at_ = at_.parent();
        if (!taken_.empty() && taken_.back().depth == depth_) {
            gatherer_.take(element, depth_);
            at_.remove_child(element);
            kept_ = taken_.back().kept_before;
            taken_.pop_back();
        }
        if (depth_ == 1) {
            gatherer_.settle();
        }
        --depth_;
    }

    void add_text(std::string_view text) {
        if (skipped_ > 0) {
            return;
        }
        // A reference to a character is longer than the character, also than a line's end that was two.
        const bool literal = static_cast<std::size_t>(XML_GetCurrentByteCount(parser_)) <= text.size() + 1;
        blank_ = blank_ && literal && text.find_first_not_of(" \t\r\n") == std::string_view::npos;
        text_ += text;
        keep(text.size());
    }

    void end_text() {
        if (skipped_ == 0 && !blank_) {
            at_.append_child(pugi::node_pcdata).set_value(text_.c_str());
        }
        text_.clear();
        blank_ = true;
    }

    void end_cdata() {
        if (skipped_ == 0) {
            at_.append_child(pugi::node_cdata).set_value(text_.c_str());
        }
        text_.clear();
        blank_ = true;
    }

    struct Taken {
        int depth;
        std::size_t kept_before;
    };

    Gatherer& gatherer_;
    XML_Parser parser_;
    TextMender mender_;
    pugi::xml_document document_;
    pugi::xml_node at_;
    int depth_ = 0;
    int skipped_ = 0;  // how many of the open elements
    bool success_ = false;
    std::vector<Taken> taken_;  // open elements that are handed over
    std::string text_;
    bool blank_ = true;
    bool marked_ = false;
    std::size_t bytes_ = 0;
    std::size_t mended_ = 0;
    std::size_t kept_ = 0;
    std::string flaw_;
};

class LongAnswer::Objects final : public Gatherer {
public:
    explicit Objects(Place place) : place_(std::move(place)) {}

    Fate fate_of(const pugi::xml_node& element, int depth) override {
        if (depth > below_result) {
            return Fate::keep;
        }
        const bool ours = name_of(element) == "entry" && entry_name(element).starts_with(address_name_prefix);
        return ours ? Fate::take : Fate::skip;
    }
    void take(const pugi::xml_node& element, int) override {
        if (auto object = object_in(element, place_)) {
            seen_.add(std::move(*object));
        }
    }
    void settle() override { seen_.as_named.sort(); }
    Reply reply() override { return std::move(seen_); }

private:
    Place place_;
    ObjectsSeen seen_;
};

class LongAnswer::Groups final : public Gatherer {
public:
    explicit Groups(Place place) : place_(std::move(place)) {}

    Fate fate_of(const pugi::xml_node& element, int depth) override {
        const std::string_view name = name_of(element);
        if (entry_ == 0 && name == "entry") {
            if (!is_of_family(entry_name(element), place_)) {
                return Fate::skip;
            }
            entry_ = depth;
            members_ = {};
            return Fate::take;
        }
        if (entry_ == 0) {
            return depth - below_result < group_depth_max ? Fate::take : Fate::skip;
        }
        const pugi::xml_node parent = element.parent();
        if (depth == entry_ + 1) {
            const bool used = name == "static" || name == "dynamic" || name == "description" || name == "tag";
            return used && element == parent.child(element.name()) ? Fate::keep : Fate::skip;
        }
        if (depth == entry_ + 2 && name_of(parent) == "static") {
            return name == "member" ? Fate::take : Fate::skip;
        }
        return Fate::keep;
    }
    void take(const pugi::xml_node& element, int depth) override {
        if (entry_ != 0 && depth > entry_) {
            members_.push_back(element.text().get());
            return;
        }
        if (depth != std::exchange(entry_, 0)) {
            return;  // a container, which is empty by now
        }
        if (auto group = group_in(element, place_)) {
            members_.sort();
            group->members = std::exchange(members_, {});
            seen_.groups.push_back(std::move(*group));
        }
    }
    Reply reply() override { return std::move(seen_); }

private:
    Place place_;
    int entry_ = 0;  // the depth of the group that is open
    NameList members_;
    GroupsSeen seen_;
};

class LongAnswer::Names final : public Gatherer {
public:
    Fate fate_of(const pugi::xml_node& element, int) override {
        count_ += name_of(element) == "entry" ? 1U : 0U;
        return Fate::skip;
    }
    void take(const pugi::xml_node&, int) override {}
    Reply reply() override {
        CapacitySeen seen;
        seen.objects = count_;
        return seen;
    }

private:
    std::size_t count_ = 0;
};

bool LongAnswer::is_due(const Call& call) {
    return std::holds_alternative<ReadObjects>(call) || std::holds_alternative<ReadGroups>(call) ||
           std::holds_alternative<ReadDeviceGroups>(call);
}

std::shared_ptr<LongAnswer> LongAnswer::to(const Call& call, const Place& place) {
    if (!is_due(call)) {
        return nullptr;
    }
    std::unique_ptr<Gatherer> gatherer;
    if (std::holds_alternative<ReadObjects>(call)) {
        gatherer = std::make_unique<Objects>(place);
    } else {
        gatherer = std::make_unique<Groups>(place);
    }
    return std::shared_ptr<LongAnswer>(new LongAnswer(call, std::move(gatherer)));
}

std::shared_ptr<LongAnswer> LongAnswer::to_object_names() {
    return std::shared_ptr<LongAnswer>(new LongAnswer(ReadCapacity{}, std::make_unique<Names>()));
}

LongAnswer::LongAnswer(Call call, std::unique_ptr<Gatherer> gatherer)
    : call_(std::move(call)), gatherer_(std::move(gatherer)), document_(std::make_unique<Document>(*gatherer_)) {}

LongAnswer::~LongAnswer() = default;

void LongAnswer::take(std::string_view bytes) {
    constexpr std::size_t piece = 64U << 10U;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        document_->parse(bytes.substr(0, piece), false);
    }
}

Result<Reply> LongAnswer::finish(unsigned http) {
    document_->parse({}, true);
    const auto response = judge(http, document_->response(), document_->flaw());
    if (!response) {
        return or_absence(call_, response.error());
    }
    return gatherer_->reply();
}

}  // namespace bridge::panos
