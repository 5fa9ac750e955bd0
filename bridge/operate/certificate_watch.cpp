#include "bridge/operate/certificate_watch.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

namespace bridge::operate {

namespace {

// A context's ticket keys let sessions be resumed and, if they were ever lost, be read; so they are not kept for long.
constexpr std::chrono::hours ticket_keys_last{24};

}  // namespace

CertificateWatch::CertificateWatch(net::EventLoop& loop, net::HttpServer& server, net::TlsIdentity identity,
                                   std::chrono::milliseconds every, engine::Engine::Listener listener)
    : loop_(loop),
      server_(server),
      identity_(std::move(identity)),
      every_(every),
      listener_(std::move(listener)),
      seen_(look_at(identity_)),
      taken_(std::chrono::steady_clock::now()) {
    look_again_later();
}

CertificateWatch::Look CertificateWatch::look_at(const net::TlsIdentity& identity) {
    Look look;
    for (const std::string* file : {&identity.certificate_file, &identity.key_file, &identity.client_ca_file}) {
        struct stat found {};
        if (file->empty() || ::stat(file->c_str(), &found) != 0) {
            look.push_back(-1);
            continue;
        }
        look.insert(look.end(),
                    {static_cast<std::int64_t>(found.st_ino), static_cast<std::int64_t>(found.st_size),
                     found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ctim.tv_sec, found.st_ctim.tv_nsec});
    }
    return look;
}

void CertificateWatch::look_again_later() {
    timer_ = loop_.after(every_, [this] {
        // A file that is not fit is told once, and looked at again when it changes: the key may come a moment after the
        // certificate.
        if (look_at(identity_) != seen_) {
            renew();
        } else if (std::chrono::steady_clock::now() - taken_ > ticket_keys_last) {
            take(identity_);
        }
        look_again_later();
    });
}

bool CertificateWatch::take(const net::TlsIdentity& identity) {
    seen_ = look_at(identity);
    taken_ = std::chrono::steady_clock::now();
    if (const auto renewed = server_.renew_identity(identity); !renewed) {
        listener_({engine::Happening::Kind::warning, "intake",
                   "the new certificate is not taken, the old one stays in use: " + renewed.error()});
        return false;
    }
    return true;
}

bool CertificateWatch::renew() {
    if (!take(identity_)) {
        return false;
    }
    ++renewals_;
    const auto shown = server_.certificate().value();
    listener_({engine::Happening::Kind::news, "intake",
               fmt::format("new connections see the certificate {} now, which ends on {:%Y-%m-%d}", shown.subject,
                           fmt::gmtime(std::chrono::system_clock::to_time_t(shown.ends)))});
    return true;
}

bool CertificateWatch::renew(net::TlsIdentity identity) {
    std::swap(identity_, identity);
    if (renew()) {
        return true;
    }
    std::swap(identity_, identity);
    seen_ = look_at(identity_);
    return false;
}

}  // namespace bridge::operate
