#include "net/detail/stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

#include "net/detail/certificate_names.hpp"

namespace net::detail {
namespace {

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE when the peer is gone. This one does not.

int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int bio_read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const auto got = ::recv(socket_of(bio), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got < 0 && would_block(errno)) {
        BIO_set_retry_read(bio);
    }
    if (got == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    }
    return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const auto sent = ::send(socket_of(bio), from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && would_block(errno)) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

long bio_control(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH:
            return 1;
        case BIO_CTRL_EOF:
            return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
        default:
            return 0;
    }
}

BIO_METHOD* make_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "quiet socket");
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

BIO* make_bio(int socket) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = BIO_new(method);
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

int clamp_to_int(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

std::string system_text(int error) {
    return std::generic_category().message(error);
}

}  // namespace

Stream::Stream(int socket, std::shared_ptr<const TlsContext> context) : socket_(socket), context_(std::move(context)) {
    if (context_ != nullptr) {
        ssl_.reset(SSL_new(context_->ssl.get()));
        if (!ssl_) {
            throw std::bad_alloc();
        }
        BIO* bio = make_bio(socket);
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_accept_state(ssl_.get());
        SSL_set_app_data(ssl_.get(), this);
    }
}

Progress Stream::judge(int result) {
    const int saved = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_NONE:
            return Progress::done;
        case SSL_ERROR_WANT_READ:
            return Progress::want_read;
        case SSL_ERROR_WANT_WRITE:
            return Progress::want_write;
        case SSL_ERROR_ZERO_RETURN:
            return Progress::end;
        case SSL_ERROR_SYSCALL:
            broken_ = true;
            error_ = saved == 0 ? "connection closed" : system_text(saved);
            return saved == 0 ? Progress::end : Progress::failed;
        default:
            break;
    }
    broken_ = true;  // after a protocol error, OpenSSL must not be asked for a close_notify
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    error_ = reason != nullptr ? reason : "TLS error";
    if (!objection_.empty()) {
        error_ += ": " + objection_;
    }
    return Progress::failed;
}

Progress Stream::handshake() {
    ERR_clear_error();
    errno = 0;
    return judge(SSL_do_handshake(ssl_.get()));
}

Transfer Stream::read(char* into, std::size_t size) {
    if (ssl_) {
        ERR_clear_error();
        errno = 0;
        const int got = SSL_read(ssl_.get(), into, clamp_to_int(size));
        return got > 0 ? Transfer{Progress::done, static_cast<std::size_t>(got)} : Transfer{judge(got)};
    }
    const auto got = ::recv(socket_, into, size, MSG_DONTWAIT);
    if (got > 0) {
        return {Progress::done, static_cast<std::size_t>(got)};
    }
    if (got == 0) {
        return {Progress::end};
    }
    if (would_block(errno)) {
        return {Progress::want_read};
    }
    error_ = system_text(errno);
    return {Progress::failed};
}

Transfer Stream::write(std::string_view bytes, bool more) {
    if (ssl_) {
        ERR_clear_error();
        errno = 0;
        const int sent = SSL_write(ssl_.get(), bytes.data(), clamp_to_int(bytes.size()));
        return sent > 0 ? Transfer{Progress::done, static_cast<std::size_t>(sent)} : Transfer{judge(sent)};
    }
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (sent >= 0) {
        return {Progress::done, static_cast<std::size_t>(sent)};
    }
    if (would_block(errno)) {
        return {Progress::want_write};
    }
    error_ = system_text(errno);
    return {Progress::failed};
}

void Stream::say_goodbye() {
    if (ssl_ && !broken_ && SSL_is_init_finished(ssl_.get()) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
}

bool Stream::heard_something() const {
    return ssl_ && BIO_number_read(SSL_get_rbio(ssl_.get())) > 0;
}

std::string Stream::client_subject() const {
    X509* const certificate = ssl_ ? SSL_get0_peer_certificate(ssl_.get()) : nullptr;
    if (certificate == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) {
        return {};
    }
    return subject_of(*certificate);
}

}  // namespace net::detail
