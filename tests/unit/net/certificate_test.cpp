#include "net/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <memory>

namespace {

using Certificate = std::unique_ptr<X509, decltype([](X509* c) { X509_free(c); })>;

Certificate parse(const std::string& pem) {
    BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    Certificate parsed(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr));
    BIO_free(memory);
    return parsed;
}

}  // namespace

TEST_CASE("certificate: a self-signed one verifies itself and names its hosts", "[net]") {
    const auto pair = net::make_self_signed(
        {.common_name = "fw1", .alternative_names = {"fw1.example.com", "127.0.0.1", "2001:db8::1"}, .days = 2});
    REQUIRE(pair);
    const auto certificate = parse(pair->certificate);
    REQUIRE(certificate);
    CHECK(X509_self_signed(certificate.get(), 1) == 1);
    CHECK(X509_check_ca(certificate.get()) == 1);
    CHECK(X509_check_host(certificate.get(), "fw1.example.com", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(certificate.get(), "other.example.com", 0, 0, nullptr) == 0);
    CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0) == 1);
    CHECK(X509_check_ip_asc(certificate.get(), "2001:db8::1", 0) == 1);
    CHECK(X509_cmp_current_time(X509_get0_notBefore(certificate.get())) < 0);
    CHECK(X509_cmp_current_time(X509_get0_notAfter(certificate.get())) > 0);
    CHECK(pair->key.find("BEGIN PRIVATE KEY") != std::string::npos);
}

TEST_CASE("certificate: without alternative names the common name is one", "[net]") {
    const auto pair = net::make_self_signed({});
    REQUIRE(pair);
    CHECK(X509_check_host(parse(pair->certificate).get(), "localhost", 0, 0, nullptr) == 1);
}

TEST_CASE("certificate: two are never the same", "[net]") {
    CHECK(net::make_self_signed({})->certificate != net::make_self_signed({})->certificate);
}
