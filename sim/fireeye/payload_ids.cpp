// renew_ids: finds the ids of alerts in a payload's text, by just as much of its structure as tells an alert's own id
// from the many others.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/fireeye/payload_rewrite.hpp"
#include "sim/fireeye/payload_text.hpp"

namespace sim::fireeye {

namespace {

struct Place {
    enum class Kind { id, uuid, reference, url, none };
    Kind kind = Kind::none;
    std::size_t at = 0;
    std::size_t size = 0;
};

/// By the name of a field of the alert, in any dialect's spelling: "@id", "_id", "alertUrl", "root-infection".
Place::Kind kind_of_field(std::string_view name) {
    std::string folded;
    for (const char c : name) {
        if (c != '@' && c != '-' && c != '_') {
            folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    if (folded == "id") {
        return Place::Kind::id;
    }
    if (folded == "uuid") {
        return Place::Kind::uuid;
    }
    if (folded == "rootinfection") {
        return Place::Kind::reference;
    }
    return folded == "alerturl" ? Place::Kind::url : Place::Kind::none;
}

void add(std::vector<Place>& places, Place::Kind kind, std::size_t at, std::size_t end) {
    if (kind != Place::Kind::none && end > at) {
        places.push_back({kind, at, end - at});
    }
}

// --- JSON --------------------------------------------------------------------------------------------------------

class JsonPlaces {
public:
    explicit JsonPlaces(std::string_view payload) : payload_(payload) {}

    std::vector<Place> find() {
        while (at_ < payload_.size()) {
            step();
        }
        return std::move(places_);
    }

private:
    struct Frame {
        bool is_object = false;
        bool is_alert = false;
        std::string_view under;  // the key that it is the value of; a list's elements have the list's
        std::string_view key;    // of the member that is being read
    };

    void step() {
        const char c = payload_[at_];
        if (c == '{' || c == '[') {
            open(c == '{');
        } else if (c == '}' || c == ']') {
            if (!frames_.empty()) {
                frames_.pop_back();
            }
        } else if (c == '"') {
            take_string();
            return;
        } else if (is_digit(c)) {
            const std::size_t end = std::min(payload_.find_first_not_of("0123456789", at_), payload_.size());
            take_value(at_, end);
            at_ = end;
            return;
        }
        ++at_;
    }

    void open(bool is_object) {
        Frame frame;
        frame.is_object = is_object;
        if (!frames_.empty()) {
            const Frame& outer = frames_.back();
            frame.under = outer.is_object ? outer.key : outer.under;
        }
        const bool in_list = !frames_.empty() && !frames_.back().is_object;
        const std::size_t depth = frames_.size() - (in_list ? 1 : 0);
        const bool named = frame.under == "alert" || frame.under == "alerts" || frame.under == "Alerts";
        frame.is_alert = is_object && ((depth == 1 && named) || (depth == 0 && in_list));
        frames_.push_back(frame);
    }

    void take_string() {
        const std::size_t begin = at_ + 1;
        std::size_t end = begin;
        while (end < payload_.size() && payload_[end] != '"') {
            end += payload_[end] == '\\' ? 2U : 1U;
        }
        end = std::min(end, payload_.size());
        at_ = std::min(end + 1, payload_.size());
        const std::size_t next = payload_.find_first_not_of(" \t\r\n", at_);
        const bool is_key =
            next != std::string_view::npos && payload_[next] == ':' && !frames_.empty() && frames_.back().is_object;
        if (is_key) {
            frames_.back().key = payload_.substr(begin, end - begin);
            at_ = next + 1;
        } else {
            take_value(begin, end);
        }
    }

    void take_value(std::size_t begin, std::size_t end) {
        if (frames_.empty() || !frames_.back().is_object) {
            return;
        }
        const Frame& frame = frames_.back();
        if (frame.is_alert) {
            add(places_, kind_of_field(frame.key), begin, end);
        } else if (frame.under == "malware" && (frame.key == "parent" || frame.key == "@parent")) {
            add(places_, Place::Kind::reference, begin, end);
        }
    }

    std::string_view payload_;
    std::size_t at_ = 0;
    std::vector<Frame> frames_;
    std::vector<Place> places_;
};

// --- XML ---------------------------------------------------------------------------------------------------------

class XmlPlaces {
public:
    explicit XmlPlaces(std::string_view payload) : payload_(payload) {}

    std::vector<Place> find() {
        while ((at_ = payload_.find('<', at_)) != std::string_view::npos) {
            if (skip_past("<!--", "-->") || skip_past("<![CDATA[", "]]>") || skip_past("<?", "?>") ||
                skip_past("<!", ">")) {
                continue;
            }
            take_tag();
        }
        return std::move(places_);
    }

private:
    bool skip_past(std::string_view opening, std::string_view closing) {
        if (payload_.compare(at_, opening.size(), opening) != 0) {
            return false;
        }
        const std::size_t end = payload_.find(closing, at_ + opening.size());
        at_ = end == std::string_view::npos ? payload_.size() : end + closing.size();
        return true;
    }

    static std::string_view local(std::string_view name) { return name.substr(name.rfind(':') + 1); }

    std::size_t name_end(std::size_t at) const {
        return std::min(payload_.find_first_of(" \t\r\n/>=", at), payload_.size());
    }

    void take_tag() {
        if (payload_.compare(at_, 2, "</") == 0) {
            if (!open_.empty()) {
                open_.pop_back();
            }
            at_ = std::min(payload_.find('>', at_), payload_.size());
            return;
        }
        const std::size_t name_at = at_ + 1;
        at_ = name_end(name_at);
        const std::string_view name = local(payload_.substr(name_at, at_ - name_at));
        const bool is_alert = open_.size() == 1 && name == "alert";
        const bool is_malware = name == "malware" && !open_.empty() && open_.back() == "malware-detected";
        while (take_attribute(is_alert, is_malware)) {
        }
        const bool closed = at_ < payload_.size() && payload_[at_] == '/';
        at_ = std::min(payload_.find('>', at_), payload_.size());
        if (closed || at_ == payload_.size()) {
            return;
        }
        if (open_.size() == 2 && open_.back() == "alert") {
            add(places_, kind_of_field(name), at_ + 1, std::min(payload_.find('<', at_), payload_.size()));
        }
        open_.push_back(name);
    }

    bool take_attribute(bool is_alert, bool is_malware) {
        const std::size_t begin = payload_.find_first_not_of(" \t\r\n", at_);
        if (begin == std::string_view::npos || payload_[begin] == '>' || payload_[begin] == '/') {
            at_ = std::min(begin, payload_.size());
            return false;
        }
        const std::size_t end = name_end(begin);
        const std::string_view name = payload_.substr(begin, end - begin);
        const std::size_t equals = payload_.find_first_not_of(" \t\r\n", end);
        const std::size_t quote = equals == std::string_view::npos || payload_[equals] != '='
                                      ? std::string_view::npos
                                      : payload_.find_first_not_of(" \t\r\n", equals + 1);
        if (quote == std::string_view::npos || (payload_[quote] != '"' && payload_[quote] != '\'')) {
            at_ = std::max(end, begin + 1);  // no attribute; go on behind it
            return at_ < payload_.size();
        }
        const std::size_t last = std::min(payload_.find(payload_[quote], quote + 1), payload_.size());
        if (is_alert) {
            add(places_, kind_of_field(name), quote + 1, last);
        } else if (is_malware && name == "parent") {
            add(places_, Place::Kind::reference, quote + 1, last);
        }
        at_ = std::min(last + 1, payload_.size());
        return true;
    }

    std::string_view payload_;
    std::size_t at_ = 0;
    std::vector<std::string_view> open_;
    std::vector<Place> places_;
};

// --- text --------------------------------------------------------------------------------------------------------

std::vector<Place> text_places(std::string_view payload) {
    constexpr std::string_view alert = "alert (id:";
    std::vector<Place> places;
    for (std::size_t at = 0; at < payload.size();) {
        const std::size_t end = std::min(payload.find('\n', at), payload.size());
        const std::string_view line = payload.substr(at, end - at);
        const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
        const std::size_t colon = line.find(": ");
        if (line.starts_with(alert)) {
            const std::size_t id = at + alert.size();
            add(places, Place::Kind::id, id, std::min(payload.find_first_of(",)", id), end));
        } else if (colon != std::string_view::npos && colon > indent) {
            const std::string_view key = line.substr(indent, colon - indent);
            const std::size_t value = at + colon + 2;
            const std::size_t stop = end - (line.ends_with('\r') ? 1 : 0);
            const auto kind = indent == 2       ? kind_of_field(key)
                              : key == "parent" ? Place::Kind::reference
                                                : Place::Kind::none;
            add(places, kind, value, stop);
        }
        at = end + 1;
    }
    return places;
}

// --- ids ---------------------------------------------------------------------------------------------------------

using Renewed = std::map<std::string, std::string, std::less<>>;

/// The values of `ev_id=`, `ma_id=`, `maid=`, `uuid=` and so on.
std::string renewed_url(std::string_view url, const Renewed& renewed) {
    std::string out;
    for (std::size_t at = 0; at < url.size();) {
        const std::size_t equals = url.find('=', at);
        if (equals == std::string_view::npos) {
            out += url.substr(at);
            break;
        }
        out += url.substr(at, equals + 1 - at);
        std::size_t end = equals + 1;
        while (end < url.size() && (is_digit(url[end]) || is_letter(url[end]) || url[end] == '-' || url[end] == '_')) {
            ++end;
        }
        const bool is_id = url.substr(0, equals).ends_with("id");
        const auto found = renewed.find(url.substr(equals + 1, end - equals - 1));
        out += is_id && found != renewed.end() ? found->second : std::string(url.substr(equals + 1, end - equals - 1));
        at = end;
    }
    return out;
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Exporters mask uuids, and write the same mask into several alerts: a true uuid there would make one alert of them.
bool is_uuid(std::string_view text) {
    constexpr std::string_view form = "00000000-0000-0000-0000-000000000000";
    return text.size() == form.size() && text != form &&
           std::equal(text.begin(), text.end(), form.begin(),
                      [](char have, char wanted) { return wanted == '-' ? have == '-' : is_hex(have); });
}

std::vector<Place> places_of(std::string_view payload) {
    switch (kind_of(payload)) {
        case PayloadKind::xml:
            return XmlPlaces(payload).find();
        case PayloadKind::json:
            return JsonPlaces(payload).find();
        case PayloadKind::text:
            break;
    }
    return text_places(payload);
}

}  // namespace

std::string renew_ids(std::string_view payload, const NewIds& next) {
    std::vector<Place> places = places_of(payload);
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.at < b.at; });
    Renewed renewed;
    for (const Place& place : places) {
        const std::string_view old = payload.substr(place.at, place.size);
        if (place.kind == Place::Kind::id && renewed.find(old) == renewed.end()) {
            renewed.emplace(old, std::to_string(next.id()));
        } else if (place.kind == Place::Kind::uuid && is_uuid(old) && renewed.find(old) == renewed.end()) {
            renewed.emplace(old, next.uuid());
        }
    }
    std::string out;
    std::size_t done = 0;
    for (const Place& place : places) {
        const std::string_view old = payload.substr(place.at, place.size);
        out += payload.substr(done, place.at - done);
        done = place.at + place.size;
        const auto found = renewed.find(old);
        if (place.kind == Place::Kind::url) {
            out += renewed_url(old, renewed);
        } else {
            out += found != renewed.end() ? found->second : std::string(old);
        }
    }
    out += payload.substr(done);
    return out;
}

}  // namespace sim::fireeye
