#include "sim/lab/capture/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "bridge/fireeye/notification_reader.hpp"
#include "sim/lab/capture/capture_har.hpp"
#include "sim/lab/capture/capture_http.hpp"
#include "sim/lab/capture/capture_pcap.hpp"

namespace sim::lab {

namespace fs = std::filesystem;
using bridge::reproduction::Original;

namespace {

constexpr std::size_t notifications_max = 1000;
constexpr std::size_t first_bytes = 4096;

constexpr std::array<std::pair<std::string_view, CaptureKind>, 4> kinds{{{"har", CaptureKind::har},
                                                                         {"http", CaptureKind::http},
                                                                         {"pcap", CaptureKind::pcap},
                                                                         {"payload", CaptureKind::payload}}};

std::string_view told_of(CaptureKind kind) {
    switch (kind) {
        case CaptureKind::har:
            return "Made by `firebreak-lab import` from a HAR";
        case CaptureKind::http:
            return "Made by `firebreak-lab import` from a recording of HTTP";
        case CaptureKind::pcap:
            return "Made by `firebreak-lab import` from a packet capture";
        case CaptureKind::payload:
            return "Made by `firebreak-lab import` from a payload";
    }
    return "";
}

/// At most `bytes_max` bytes; an error says what is wrong with the file.
tl::expected<std::string, std::string> bytes_of(const std::string& path, std::size_t bytes_max) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        return tl::unexpected(std::string("is a folder; name the files in it"));
    }
    std::ifstream in(path, std::ios::binary);
    std::string bytes;
    constexpr std::size_t piece_bytes = 1U << 20U;
    while (in && bytes.size() < bytes_max) {
        const std::size_t before = bytes.size();
        bytes.resize(std::min(bytes_max, before + piece_bytes));
        in.read(bytes.data() + before, static_cast<std::streamsize>(bytes.size() - before));
        bytes.resize(before + static_cast<std::size_t>(in.gcount()));
    }
    if (!in.is_open() || in.bad()) {
        return tl::unexpected(std::string("cannot be read; is the name right, and may this user read it?"));
    }
    return bytes;
}

/// A recorded request with the file that it is of.
struct Item {
    std::size_t file = 0;
    CaptureKind kind = CaptureKind::payload;
    CapturedRequest request;
};

class Importing {
public:
    Importing(std::optional<CaptureKind> kind, const bridge::reproduction::Rules& rules) : kind_(kind), rules_(rules) {}

    void read(const std::vector<std::string>& files) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            read_file(files[i], i);
        }
    }

    Imported make(const std::vector<std::string>& files, bridge::reproduction::Scrubbing scrubbing) {
        std::erase_if(items_, [&](const Item& item) { return !is_notification(item); });
        if (items_.size() > notifications_max) {
            refuse(items_[notifications_max].request.place,
                   fmt::format("more than {} notifications; the rest is left out", notifications_max));
            items_.resize(notifications_max);
        }
        // One that cannot be scrubbed is left out, and the others are scrubbed without it.
        while (!items_.empty()) {
            auto made = bridge::reproduction::reproduce(originals(files), rules_, scrubbing);
            if (made) {
                result_.reproductions = std::move(*made);
                break;
            }
            const auto bad = items_.begin() + static_cast<std::ptrdiff_t>(made.error().original);
            refuse(bad->request.place, made.error().reason);
            items_.erase(bad);
        }
        return std::move(result_);
    }

private:
    void refuse(std::string place, std::string reason) {
        result_.unusable.push_back({std::move(place), std::move(reason)});
    }

    void read_file(const std::string& path, std::size_t file) {
        const auto head = bytes_of(path, first_bytes);
        if (!head) {
            refuse(path, head.error());
            return;
        }
        const CaptureKind kind = kind_ ? *kind_ : capture_kind_of(*head, path);
        if (kind == CaptureKind::pcap) {
            take(read_pcap(path, path), file, kind);
            return;
        }
        const auto bytes = bytes_of(path, capture_file_bytes_max + 1);
        if (!bytes) {
            refuse(path, bytes.error());
            return;
        }
        if (bytes->size() > capture_file_bytes_max) {
            refuse(path, fmt::format("is over {} bytes", capture_file_bytes_max));
            return;
        }
        switch (kind) {
            case CaptureKind::har:
                take(read_har(*bytes, path), file, kind);
                break;
            case CaptureKind::http:
                read_http_file(*bytes, path, file);
                break;
            case CaptureKind::payload:
            case CaptureKind::pcap:
                items_.push_back({file, kind, CapturedRequest{path, "POST", "", *bytes}});
                break;
        }
    }

    void read_http_file(const std::string& bytes, const std::string& path, std::size_t file) {
        if (looks_like_answer(bytes) && !requests_.empty()) {
            // The other direction of the connection in the file before.
            std::erase_if(items_, [&](const Item& item) { return item.file == requests_file_; });
            std::erase_if(result_.unusable, [&](const Unusable& one) { return one.place.starts_with(requests_path_); });
            take(read_http(std::exchange(requests_, {}), bytes, requests_path_), requests_file_, CaptureKind::http);
            return;
        }
        Capture capture = read_http(bytes, path);
        const bool unanswered = std::none_of(capture.requests.begin(), capture.requests.end(),
                                             [](const CapturedRequest& request) { return request.status.has_value(); });
        requests_ = unanswered ? bytes : std::string();
        requests_path_ = path;
        requests_file_ = file;
        take(std::move(capture), file, CaptureKind::http);
    }

    void take(Capture capture, std::size_t file, CaptureKind kind) {
        for (CapturedRequest& request : capture.requests) {
            items_.push_back({file, kind, std::move(request)});
        }
        std::move(capture.unusable.begin(), capture.unusable.end(), std::back_inserter(result_.unusable));
    }

    bool is_notification(const Item& item) {
        const CapturedRequest& request = item.request;
        std::string why;
        if (request.method != "POST") {
            why = fmt::format("a {}, and notifications are POSTs", request.method.empty() ? "request" : request.method);
        } else if (!request.content_encoding.empty() && request.content_encoding != "identity") {
            why = fmt::format("its body is compressed ({}), which no FireEye appliance does", request.content_encoding);
        } else if (request.body.empty()) {
            why = "its body is empty, or was not recorded";
        } else if (const auto read = bridge::fireeye::read_notification(request.body, rules_.reading); !read) {
            why = "not a FireEye notification: " + read.error().detail;
        }
        const bool usable = why.empty();
        if (!usable) {
            refuse(request.place, std::move(why));
        }
        return usable;
    }

    std::vector<Original> originals(const std::vector<std::string>& files) const {
        std::vector<Original> all;
        std::set<std::string> taken;
        std::vector<std::size_t> count(files.size());
        std::vector<std::size_t> total(files.size());
        for (const Item& item : items_) {
            ++total[item.file];
        }
        for (const Item& item : items_) {
            std::string name = bridge::reproduction::file_name_of(fs::path(files[item.file]).stem().string());
            if (total[item.file] > 1) {
                name += fmt::format("-{}", ++count[item.file]);
            }
            const std::string wanted = name;
            for (std::size_t i = 2; !taken.insert(name).second; ++i) {
                name = fmt::format("{}-again-{}", wanted, i);
            }
            all.push_back({name, item.request.body, std::string(told_of(item.kind)), item.request.status, {}});
        }
        return all;
    }

    std::optional<CaptureKind> kind_;
    const bridge::reproduction::Rules& rules_;
    std::vector<Item> items_;
    Imported result_;
    std::string requests_;  // of the last raw HTTP file, when none of them was answered
    std::string requests_path_;
    std::size_t requests_file_ = 0;
};

}  // namespace

std::optional<CaptureKind> capture_kind_named(std::string_view name) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first == name; });
    return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

CaptureKind capture_kind_of(std::string_view bytes, std::string_view file_name) {
    if (looks_like_pcap(bytes)) {
        return CaptureKind::pcap;
    }
    if (looks_like_http(bytes)) {
        return CaptureKind::http;
    }
    // A HAR begins with its log; a notification has none.
    const std::size_t log = bytes.find("\"log\"");
    const bool begins = log != std::string_view::npos &&
                        bytes.substr(0, log).find_first_not_of("{ \t\r\n\xEF\xBB\xBF") == std::string_view::npos;
    return begins || file_name.ends_with(".har") ? CaptureKind::har : CaptureKind::payload;
}

Imported import_captures(const std::vector<std::string>& files, std::optional<CaptureKind> kind,
                         const bridge::reproduction::Rules& rules, bridge::reproduction::Scrubbing scrubbing) {
    Importing importing(kind, rules);
    importing.read(files);
    return importing.make(files, scrubbing);
}

}  // namespace sim::lab
