#include "sim/lab/capture/capture_http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <iterator>
#include <utility>

namespace sim::lab {

namespace {

namespace http = boost::beast::http;
namespace asio = boost::asio;

constexpr auto npos = std::string_view::npos;
constexpr std::uint32_t head_bytes_max = 256U << 10U;

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool looks_like_request(std::string_view bytes) {
    const std::size_t blank = bytes.find(' ');
    constexpr std::size_t method_max = 16;
    if (blank == npos || blank < 3 || blank > method_max ||
        !std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(blank), is_upper)) {
        return false;
    }
    constexpr std::size_t line_max = 64U << 10U;
    const std::size_t end = bytes.substr(0, line_max).find('\n');
    std::string_view line = bytes.substr(0, end);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return end != npos && line.size() > blank + 9 && (line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0"));
}

/// Past the empty line that ends a header; npos when there is none.
std::size_t head_end(std::string_view bytes) {
    const std::string_view searched = bytes.substr(0, head_bytes_max);
    const std::size_t crlf = searched.find("\r\n\r\n");
    const std::size_t lf = searched.find("\n\n");
    if (crlf == npos && lf == npos) {
        return npos;
    }
    return crlf < lf ? crlf + 4 : lf + 2;
}

/// With every line end as HTTP wants it.
std::string with_crlf(std::string_view head) {
    std::string out;
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] == '\n' && (i == 0 || head[i - 1] != '\r')) {
            out += '\r';
        }
        out += head[i];
    }
    return out;
}

/// What came of reading one message.
struct Read {
    std::size_t used = 0;      // bytes of the input
    std::string trouble;       // empty: it is complete
    bool ended_input = false;  // it wants more than there is
};

/// The header of a message; the body follows with read_body.
template <class Parser>
Read read_head(Parser& parser, std::string_view bytes) {
    parser.header_limit(head_bytes_max);
    parser.body_limit(capture_body_bytes_max);
    parser.eager(false);
    const std::size_t end = head_end(bytes);
    if (end == npos) {
        return {bytes.size(), "its header does not end", true};
    }
    const std::string head = with_crlf(bytes.substr(0, end));
    boost::beast::error_code error;
    parser.put(asio::buffer(head), error);
    if (error || !parser.is_header_done()) {
        return {end, fmt::format("its header is not understood: {}", error ? error.message() : "incomplete"), false};
    }
    return {end, {}, false};
}

template <class Parser>
Read read_body(Parser& parser, std::string_view bytes) {
    Read read;
    parser.eager(true);
    while (!parser.is_done()) {
        const std::string_view rest = bytes.substr(read.used);
        boost::beast::error_code error;
        const std::size_t used = rest.empty() ? 0 : parser.put(asio::buffer(rest.data(), rest.size()), error);
        read.used += used;
        if (error && error != http::error::need_more) {
            read.trouble = fmt::format("its body is not understood: {}", error.message());
            return read;
        }
        if (used == 0) {
            const auto missing = parser.content_length_remaining();
            read.trouble = missing ? fmt::format("truncated: {} bytes of its body are missing", *missing)
                                   : "truncated: the last chunk of its body is missing";
            read.ended_input = true;
            return read;
        }
    }
    return read;
}

using RequestParser = http::request_parser<http::string_body>;
using ResponseParser = http::response_parser<http::string_body>;

struct Answer {
    unsigned status = 0;
    Read read;
};

/// An answer at the start of `bytes`. One without a length goes to the next request line, or to the end.
Answer read_answer(std::string_view bytes, bool to_head) {
    Answer answer;
    ResponseParser parser;
    parser.skip(to_head);
    answer.read = read_head(parser, bytes);
    if (!answer.read.trouble.empty()) {
        return answer;
    }
    answer.status = parser.get().result_int();
    const std::size_t head = answer.read.used;
    if (parser.is_done()) {
        return answer;
    }
    if (parser.need_eof()) {
        std::size_t end = bytes.size();
        for (std::size_t line = bytes.find('\n', head); line != npos; line = bytes.find('\n', line + 1)) {
            if (looks_like_request(bytes.substr(line + 1))) {
                end = line + 1;
                break;
            }
        }
        answer.read.used = looks_like_request(bytes.substr(head)) ? head : end;
        return answer;
    }
    answer.read = read_body(parser, bytes.substr(head));
    answer.read.used += head;
    return answer;
}

class HttpReading {
public:
    HttpReading(std::string_view bytes, const std::string& place) : bytes_(bytes), place_(place) {}

    /// Everything in it, in one order, and the answers that come from elsewhere.
    Capture run(std::string_view answers = {}) {
        while (skip_blank_lines()) {
            if (requests_ >= capture_requests_max) {
                report(fmt::format("more than {} requests; the rest is left out", capture_requests_max));
                break;
            }
            const std::string_view rest = bytes_.substr(at_);
            if (looks_like_answer(rest)) {
                take_answer();
            } else if (looks_like_request(rest)) {
                take_request();
            } else {
                skip_what_is_no_http();
            }
        }
        bytes_ = answers;
        at_ = 0;
        while (skip_blank_lines() && looks_like_answer(bytes_.substr(at_))) {
            take_answer();
        }
        return std::move(capture_);
    }

private:
    bool skip_blank_lines() {
        while (at_ < bytes_.size() && (bytes_[at_] == '\r' || bytes_[at_] == '\n')) {
            ++at_;
        }
        return at_ < bytes_.size();
    }

    void report(std::string reason) { capture_.unusable.push_back({place_, std::move(reason)}); }
    std::string request_place() const { return fmt::format("{}, request {}", place_, requests_); }

    void take_answer() {
        const bool to_head = !open_.empty() && open_.front().method == "HEAD";
        const Answer answer = read_answer(bytes_.substr(at_), to_head);
        at_ += answer.read.used;
        if (answer.status >= 100 && answer.status < 200) {
            return;
        }
        if (answer.status == 0) {
            report("an answer: " + answer.read.trouble);
        }
        if (open_.empty()) {
            return;  // to a request before the recording began
        }
        const Open open = open_.front();
        open_.pop_front();
        if (open.index && answer.status != 0) {
            capture_.requests[*open.index].status = answer.status;
        }
    }

    void take_request() {
        ++requests_;
        RequestParser parser;
        Read read = read_head(parser, bytes_.substr(at_));
        at_ += read.used;
        Open open;
        if (read.trouble.empty()) {
            open.method = std::string(parser.get().method_string());
            if (parser.get().count(http::field::expect) != 0 && !parser.is_done() && !interim_answers()) {
                return;
            }
            read = read_body(parser, bytes_.substr(at_));
            at_ += read.used;
        }
        if (!read.trouble.empty()) {
            capture_.unusable.push_back({request_place(), read.trouble});
            open_.push_back(open);
            return;
        }
        CapturedRequest request;
        request.place = request_place();
        request.method = open.method;
        request.content_encoding = std::string(parser.get()[http::field::content_encoding]);
        request.body = std::move(parser.get().body());
        open.index = capture_.requests.size();
        capture_.requests.push_back(std::move(request));
        open_.push_back(open);
    }

    /// Between the header and the body of a request that asked for leave. False when leave was not given.
    bool interim_answers() {
        while (looks_like_answer(bytes_.substr(at_))) {
            const Answer answer = read_answer(bytes_.substr(at_), false);
            at_ += answer.read.used;
            if (answer.status >= 200 || answer.status == 0) {
                capture_.unusable.push_back(
                    {request_place(), fmt::format("it was answered {} before its body was sent", answer.status)});
                return false;
            }
        }
        return true;
    }

    void skip_what_is_no_http() {
        const std::string why = why_not_http(bytes_.substr(at_));
        const auto line = 1 + std::count(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
        report(why.empty() ? fmt::format("line {}: neither a request nor an answer of HTTP/1.x", line) : why);
        for (std::size_t end = bytes_.find('\n', at_); end != npos; end = bytes_.find('\n', end + 1)) {
            const std::string_view rest = bytes_.substr(end + 1);
            if (looks_like_request(rest) || looks_like_answer(rest)) {
                at_ = end + 1;
                return;
            }
        }
        at_ = bytes_.size();
    }

    /// A request that waits for its answer.
    struct Open {
        std::string method;
        std::optional<std::size_t> index;  // in the capture; none when it was not usable
    };

    std::string_view bytes_;
    const std::string& place_;
    std::size_t at_ = 0;
    std::size_t requests_ = 0;
    std::deque<Open> open_;
    Capture capture_;
};

}  // namespace

void append(Capture& all, Capture more) {
    std::move(more.requests.begin(), more.requests.end(), std::back_inserter(all.requests));
    std::move(more.unusable.begin(), more.unusable.end(), std::back_inserter(all.unusable));
}

bool looks_like_answer(std::string_view bytes) {
    return bytes.size() >= 12 && (bytes.starts_with("HTTP/1.1 ") || bytes.starts_with("HTTP/1.0 ")) &&
           std::all_of(bytes.begin() + 9, bytes.begin() + 12, [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_http(std::string_view bytes) {
    return looks_like_answer(bytes) || looks_like_request(bytes);
}

std::string why_not_http(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() >= 3 && byte(0) >= 0x14 && byte(0) <= 0x17 && byte(1) == 3 && byte(2) <= 4) {
        return "TLS, which cannot be read from outside; use `firebreak-bridge export` where the bridge runs, or record "
               "behind the point that ends TLS, or save what Wireshark decrypts with the session's keys (Follow TLS "
               "stream, as raw)";
    }
    if (bytes.starts_with("PRI * HTTP/2")) {
        return "HTTP/2, which no FireEye appliance sends";
    }
    return {};
}

Capture read_http(std::string_view bytes, const std::string& place) {
    return HttpReading(bytes, place).run();
}

Capture read_http(std::string_view requests, std::string_view answers, const std::string& place) {
    return HttpReading(requests, place).run(answers);
}

}  // namespace sim::lab
