#include "net/http.hpp"

#include <catch2/catch.hpp>

using net::basic_credentials;

TEST_CASE("http: a header is found whatever the case of its name", "[net]") {
    net::HttpRequest request;
    request.headers = {{"Content-Type", "text/xml"}, {"content-type", "second"}};
    CHECK(request.header("CONTENT-TYPE") == "text/xml");
    CHECK(request.header("Content-Typ").empty());
}

TEST_CASE("http: basic credentials are split at the first colon", "[net]") {
    // "fireeye:pass:word"
    CHECK(basic_credentials("Basic ZmlyZWV5ZTpwYXNzOndvcmQ=") ==
          std::pair<std::string, std::string>("fireeye", "pass:word"));
    CHECK(basic_credentials("basic  Og== ") == std::pair<std::string, std::string>("", ""));
}

TEST_CASE("http: what is no basic credential is none", "[net]") {
    const auto text = GENERATE("", "Basic", "Basic ", "Bearer ZmlyZTpwdw==", "Basic ZmlyZWV5ZQ==", "Basic Zm=yZTpw",
                               "Basic Zmly?TpwdzE=", "Basic ZmlyZTpwdw", "Basic ====");
    CHECK_FALSE(basic_credentials(text));
}

TEST_CASE("http: statuses have their registered phrases", "[net]") {
    CHECK(net::reason_phrase(200) == "OK");
    CHECK(net::reason_phrase(417) == "Expectation Failed");
    CHECK(net::reason_phrase(507) == "Insufficient Storage");
    CHECK(net::reason_phrase(299) == "Unknown");
}
