// Keys of licences, of registrations at a Panorama, of certificates, and the master key.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/call/certificate_file.hpp"
#include "sim/panos/call/certificate_maker.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string api_key(const std::string& what) {
    return "<request><license><api-key>" + what + "</api-key></license></request>";
}

std::string authkey(const std::string& what) {
    return "<request><authkey>" + what + "</authkey></request>";
}

std::string generate(const std::string& what) {
    return "<request><certificate><generate>" + what + "</generate></certificate></request>";
}

Bench panorama(const std::string& version = "10.1.9") {
    DeviceOptions with = options();
    with.model = "Panorama";
    with.version = version;
    return Bench(with);
}

std::string text_of(Bench& fw, const std::string& name, const std::string& field) {
    return fw.config("get", "/config/shared/certificate/entry[@name='" + name + "']/" + field + "/text()");
}

const std::string master_key_properties = "<show><system><masterkey-properties></masterkey-properties></system></show>";

}  // namespace

TEST_CASE("the key of the licence server is set, shown and deleted in pango's words", "[sim][panos][keys]") {
    Bench fw;
    CHECK(fw.op(api_key("<show></show>")) == failed("API Key is not set"));
    CHECK(fw.op(api_key("<delete></delete>")) == failed("No API Key to be deleted"));
    CHECK(fw.op(api_key("<set><key>abc123</key></set>")) == answered("API Key is successfully set"));
    CHECK(fw.op(api_key("<set><key>abc123</key></set>")) == failed("API key is same as old"));
    CHECK(fw.op(api_key("<show></show>")) == answered("API key: abc123"));
    CHECK(fw.op(api_key("<delete></delete>")) == answered("API Key is successfully deleted"));
    CHECK(fw.op(api_key("<show></show>")) == failed("API Key is not set"));
    CHECK_THAT(fw.op(api_key("<set><key></key></set>")), Contains("code=\"17\""));
}

TEST_CASE("who may only read sets no key and sees none", "[sim][panos][keys]") {
    DeviceOptions with = options();
    with.administrators.push_back({"reader", "secret-three", "superreader"});
    Bench fw(with);
    CHECK_THAT(fw.as("reader").op(api_key("<set><key>abc123</key></set>")), Contains("code=\"16\""));
    CHECK_THAT(fw.op(generate("<certificate-name>c</certificate-name><name>c</name>")), Contains("code=\"16\""));
    CHECK(fw.as("admin").op(api_key("<show></show>")) == failed("API Key is not set"));
    fw.op(api_key("<set><key>abc123</key></set>"));
    CHECK_THAT(fw.as("reader").op(api_key("<show></show>")), Contains("code=\"16\"") && !Contains("abc123"));
    CHECK_THAT(fw.op("<ping><host>192.0.2.1</host></ping>"), Contains("not available to xmlapi client"));
    CHECK_THAT(fw.op("<show><high-availability><transitions/></high-availability></show>"), Contains("success"));
}

TEST_CASE("certificates of a vsys are that vsys's, and its administrator's", "[sim][panos][keys]") {
    DeviceOptions with = options();
    with.multi_vsys = true;
    with.administrators.push_back({"tenant", "secret-three", "vsysadmin:vsys1"});
    Bench fw(with);
    const auto made = [&fw](const std::string& vsys) {
        return fw
            .post({{"type", "op"},
                   {"vsys", vsys},
                   {"cmd",
                    generate("<certificate-name>mine</certificate-name><name>mine.example</name><algorithm><ECDSA/>"
                             "</algorithm>")}})
            .body;
    };
    fw.as("tenant");
    CHECK(made("vsys1") == answered("Successfully generated certificate and key pair : mine"));
    CHECK_THAT(made("vsys2"), Contains("code=\"16\""));
    CHECK_THAT(fw.config("get", vsys1 + "/certificate/entry[@name='mine']/common-name"), Contains("mine.example"));
    CHECK_THAT(fw.as("admin").config("get", "/config/shared/certificate/entry[@name='mine']"), Contains("code=\"7\""));
}

TEST_CASE("licences that are not there can't be deactivated, deleted or installed", "[sim][panos][keys]") {
    Bench fw;
    const std::string deactivate =
        "<request><license><deactivate><key><mode>auto</mode></key></deactivate></license></request>";
    CHECK(fw.op(deactivate) == failed("API Key is not set"));
    fw.op(api_key("<set><key>abc123</key></set>"));
    CHECK_THAT(fw.op(deactivate), Contains("Please check network connectivity and try again."));
    CHECK(fw.op("<delete><license><key>threat.key</key></license></delete>") ==
          failed("License key threat.key does not exist"));
    CHECK(fw.op("<show><license-token-files></license-token-files></show>") == answered("<license-token-files/>"));
}

TEST_CASE("a registration key is good for its time and is listed until then", "[sim][panos][keys]") {
    Bench device = panorama();
    const std::string added =
        device.op(authkey("<add><name>branch</name><lifetime>60</lifetime><count>2</count><devtype>fw</devtype><serial>"
                          "<member>007051000000001</member></serial></add>"));
    CHECK_THAT(added,
               Catch::Matches("<response status=\"success\"><result>Added authkey 'branch': '2:[\\w-]{76}'</result>"
                              "</response>"));
    const std::string listed = device.op(authkey("<list>*</list>"));
    CHECK_THAT(listed,
               Contains("<entry name=\"branch\"><key>2:") &&
                   Contains("<count>2</count><devtype>fw</devtype><expires>2018/06/12 05:36:45</expires><serial>"
                            "<member>007051000000001</member></serial>"));
    CHECK(device.op(authkey("<list></list>")) == listed);
    CHECK(device.op(authkey("<add><name>branch</name></add>")) == failed("authkey 'branch' already exists"));
    CHECK(device.op(authkey("<add><name>b</name><lifetime>0</lifetime></add>")) ==
          refused("<line> request -> authkey -> add -> lifetime value=0 should be equal to or between 1 and "
                  "5256000</line>"));
    device.wait(3600s);
    CHECK(device.op(authkey("<list>*</list>")) == answered("<authkeys></authkeys>"));
    CHECK(device.op(authkey("<list>branch</list>")) == failed("authkey 'branch' not found"));
}

TEST_CASE("a registration key is deleted by its name", "[sim][panos][keys]") {
    Bench device = panorama();
    device.op(authkey("<add><name>one</name></add>"));
    CHECK(device.op(authkey("<delete>one</delete>")) == answered("Deleted authkey 'one'"));
    CHECK(device.op(authkey("<delete>one</delete>")) == failed("authkey 'one' not found"));
}

TEST_CASE("registration keys are a Panorama's from 10.1 on; a firewall takes one", "[sim][panos][keys]") {
    Bench older = panorama("10.0.9");
    CHECK_THAT(older.op(authkey("<list>*</list>")), Contains("code=\"17\"") && Contains("unexpected"));
    Bench fw;
    CHECK_THAT(fw.op(authkey("<add><name>a</name></add>")), Contains("code=\"17\""));
    CHECK(fw.op(authkey("<set>2:abcdefghijklmnopqrstuvwxyz</set>")) == answered("Authkey set."));
    CHECK(fw.op(authkey("<set>nonsense</set>")) == failed("Invalid authkey"));
}

TEST_CASE("a master key has 16 characters and its own time", "[sim][panos][keys]") {
    Bench fw;
    const std::string change = "<request><master-key><new-master-key>";
    CHECK(fw.op(change + "short</new-master-key><lifetime>24</lifetime></master-key></request>") ==
          refused("<line> request -> master-key -> new-master-key should be 16 characters long</line><line> request -> "
                  "master-key is invalid</line>"));
    CHECK_THAT(fw.op(master_key_properties), Contains("<expire-at>0</expire-at>"));
    const std::string right = change + "0123456789abcdef</new-master-key><lifetime>24</lifetime><reminder>4</reminder>";
    CHECK(fw.op(right + "</master-key></request>") == answered("Master key changed successfully"));
    fw.wait(3600s);
    CHECK_THAT(fw.op(master_key_properties), Contains("<hours-to-expiry>23</hours-to-expiry>") &&
                                                 Contains("<hours-to-reminder>19</hours-to-reminder>"));
    CHECK(fw.op(right + "</master-key></request>") == failed("Current master key is incorrect"));
    CHECK(fw.op(right + "<current-master-key>0123456789abcdef</current-master-key></master-key></request>") ==
          answered("Master key changed successfully"));
}

// ---- certificates ---------------------------------------------------------------------------------------------------

TEST_CASE("a certificate that signs itself is in the candidate, with its key", "[sim][panos][keys]") {
    Bench fw;
    CHECK(
        fw.op(generate("<certificate-name>root</certificate-name><name>root.example</name><ca>yes</ca><algorithm><RSA>"
                       "<rsa-nbits>1024</rsa-nbits></RSA></algorithm><digest>sha256</digest>"
                       "<days-till-expiry>30</days-till-expiry><country-code>DE</country-code>")) ==
        answered("Successfully generated certificate and key pair : root"));
    CHECK_THAT(text_of(fw, "root", "subject"), Contains("/C=DE/CN=root.example"));
    CHECK_THAT(text_of(fw, "root", "issuer"), Contains("/C=DE/CN=root.example"));
    CHECK_THAT(text_of(fw, "root", "ca"), Contains("yes"));
    CHECK_THAT(text_of(fw, "root", "not-valid-after"), Contains("Jul 12 04:36:45 2018 GMT"));
    CHECK_THAT(text_of(fw, "root", "private-key"), Contains("-AQ=="));
    CHECK(fw.op(generate("<certificate-name>root</certificate-name><name>other</name>")) ==
          failed("Failed to generate certificate root. A certificate of that name exists already"));
    const auto pair = fw.post({{"type", "export"},
                               {"category", "keypair"},
                               {"certificate-name", "root"},
                               {"format", "pem"},
                               {"passphrase", "opens"}});
    const auto read = read_certificate_file(pair.body, CertificateFormat::pem, "opens");
    REQUIRE(read.has_value());
    CHECK_FALSE(read->key.empty());
}

TEST_CASE("an authority of the device signs further certificates", "[sim][panos][keys]") {
    Bench fw;
    const std::string small = "<algorithm><ECDSA><ecdsa-nbits>256</ecdsa-nbits></ECDSA></algorithm>";
    fw.op(generate("<certificate-name>root</certificate-name><name>root.example</name><ca>yes</ca>" + small));
    CHECK(fw.op(generate("<certificate-name>web</certificate-name><name>web.example</name><signed-by>root</signed-by>"
                         "<hostname><member>www.example</member></hostname><ip><member>192.0.2.1</member></ip>" +
                         small)) == answered("Successfully generated certificate and key pair : web"));
    CHECK_THAT(text_of(fw, "web", "issuer"), Contains("CN=root.example"));
    CHECK_THAT(text_of(fw, "web", "algorithm"), Contains("EC"));
    CHECK_THAT(text_of(fw, "web", "ca"), Contains("no"));
    CHECK(fw.op(generate("<certificate-name>x</certificate-name><name>x</name><signed-by>web</signed-by>")) ==
          refused("<line> request -> certificate -> generate -> signed-by 'web' is not a valid reference</line><line> "
                  "request -> certificate -> generate is invalid</line>"));
}

TEST_CASE("what is signed elsewhere is exported as a request", "[sim][panos][keys]") {
    Bench fw;
    fw.op(
        generate("<certificate-name>out</certificate-name><name>out.example</name><signed-by>external</signed-by>"
                 "<algorithm><RSA><rsa-nbits>1024</rsa-nbits></RSA></algorithm><hostname><member>out.example</member>"
                 "</hostname>"));
    const Fields request{
        {"type", "export"}, {"category", "certificate"}, {"certificate-name", "out"}, {"format", "pkcs10"}};
    CHECK_THAT(fw.post(request).body, Catch::StartsWith("-----BEGIN CERTIFICATE REQUEST-----"));
    CHECK_THAT(
        fw.post({{"type", "export"}, {"category", "certificate"}, {"certificate-name", "none"}, {"format", "pkcs10"}})
            .body,
        Contains("Certificate none not found"));
    CHECK_THAT(
        fw.post({{"type", "export"}, {"category", "certificate"}, {"certificate-name", "out"}, {"format", "pem"}}).body,
        Contains("Failed to export certificate out"));
}

TEST_CASE("a certificate that can't be is not made", "[sim][panos][keys]") {
    Bench fw;
    const std::string named = "<certificate-name>c</certificate-name><name>c.example</name>";
    for (const auto& [more, field] : std::vector<std::pair<std::string, std::string>>{
             {"<digest>crc32</digest>", "digest"},
             {"<ca>perhaps</ca>", "ca"},
             {"<days-till-expiry>0</days-till-expiry>", "days-till-expiry"},
             {"<algorithm><RSA><rsa-nbits>1000</rsa-nbits></RSA></algorithm>", "algorithm"},
             {"<algorithm><DSA/></algorithm>", "algorithm"}}) {
        CHECK(fw.op(generate(named + more)) == refused("<line> request -> certificate -> generate -> " + field +
                                                       " is invalid</line><line> request -> certificate -> generate is "
                                                       "invalid</line>"));
    }
    CHECK(fw.op(generate("<name>c</name>")) ==
          refused("<line> request -> certificate -> generate is missing 'certificate-name'</line><line> request -> "
                  "certificate -> generate is invalid</line>"));
    CHECK(fw.op(generate(named + "<country-code>GERMANY</country-code><algorithm><ECDSA/></algorithm>")) ==
          failed("Failed to generate certificate c. the subject is invalid"));
    CHECK_THAT(fw.config("get", "/config/shared/certificate/entry[@name='c']"), Contains("code=\"7\""));
}

TEST_CASE("the device's own certificate is a job that fails, for no server is reached", "[sim][panos][keys]") {
    Bench fw;
    const std::string fetch = "<request><certificate><fetch><otp>one-time</otp></fetch></certificate></request>";
    CHECK_THAT(fw.op(fetch), Contains("code=\"19\"") && Contains("<job>2</job>"));
    fw.wait(10s);
    CHECK_THAT(fw.job(2), Contains("<result>FAIL</result>") && Contains("Failed to fetch device certificate"));
    DeviceOptions with = options();
    with.version = "9.1.0";
    CHECK_THAT(Bench(with).op(fetch), Contains("code=\"17\""));
}

TEST_CASE("a long key is asked for beforehand, and the one that was handed in is used", "[sim][panos][keys]") {
    Bench fw;
    const auto call = [&](const std::string& key, const std::string& algorithm) {
        net::HttpRequest request;
        request.method = "POST";
        request.target = "/api/";
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
        request.body = form({{"type", "op"},
                             {"key", key},
                             {"cmd",
                              "<request><certificate><generate><certificate-name>c</certificate-name>"
                              "<name>fw.example</name><algorithm>" +
                                  algorithm + "</algorithm></generate></certificate></request>"}});
        return request;
    };
    const std::string good = fw.device->api_key("admin");
    const std::string rsa = "<RSA><rsa-nbits>1024</rsa-nbits></RSA>";
    CHECK(fw.device->key_wanted(call(good, rsa), fw.now) == KeyKind{false, 1024});
    auto by_the_old_address = call(good, rsa);
    by_the_old_address.target = "/esp/restapi.esp";
    CHECK(fw.device->key_wanted(by_the_old_address, fw.now));
    CHECK_FALSE(fw.device->key_wanted(call("nonsense", rsa), fw.now));
    CHECK_FALSE(fw.device->key_wanted(call(good, "<RSA><rsa-nbits>5</rsa-nbits></RSA>"), fw.now));
    CHECK_FALSE(fw.device->key_wanted(call(good, "<ECDSA><ecdsa-nbits>256</ecdsa-nbits></ECDSA>"), fw.now));

    const std::string pem = make_key({false, 1024});
    fw.device->hand_in({{false, 2048}, make_key({false, 2048})});
    fw.device->hand_in({{false, 1024}, pem});
    CHECK_FALSE(fw.device->key_wanted(call(good, rsa), fw.now));
    CHECK_THAT(fw.device->handle(call(good, rsa), fw.now).body, Contains("Successfully generated"));
    CHECK_THAT(fw.config("get", "/config/shared/certificate/entry[@name='c']/private-key"), Contains(sealed_key(pem)));
    CHECK(fw.device->key_wanted(call(good, rsa), fw.now));
}
