#include <catch2/catch.hpp>

#include "bench.hpp"
#include "net/certificate.hpp"
#include "sim/panos/call/archive.hpp"
#include "sim/panos/call/certificate_file.hpp"
#include "upload_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;
using Catch::Matches;

namespace {

net::HttpResponse exported(Bench& fw, const Fields& fields) {
    Fields all{{"type", "export"}};
    all.insert(all.end(), fields.begin(), fields.end());
    return fw.post(all);
}

std::string header(const net::HttpResponse& response, const std::string& name) {
    for (const net::HttpHeader& each : response.headers) {
        if (each.name == name) {
            return each.value;
        }
    }
    return {};
}

const net::PemPair& pair_of_keys() {
    static const net::PemPair made = [] {
        net::SelfSigned subject;
        subject.common_name = "mine.example.com";
        return *net::make_self_signed(subject);
    }();
    return made;
}

}  // namespace

TEST_CASE("a configuration is imported under a name that ends in .xml, and exported again", "[sim][panos][transfer]") {
    Bench fw;
    const std::string text = exported(fw, {{"category", "configuration"}}).body;
    CHECK(imported(fw, {{"category", "configuration"}}, text, "conf1.xml") ==
          R"(<response status="success"><msg><line>conf1.xml saved</line></msg></response>)");
    CHECK(exported(fw, {{"category", "configuration"}, {"from", "conf1.xml"}}).body == text);
    CHECK_THAT(exported(fw, {{"category", "configuration"}, {"from", "conf2.xml"}}).body, Contains("does not exist"));
    CHECK(imported(fw, {{"category", "configuration"}}, text, "conf1") ==
          "<response status=\"error\"><msg><line>cannot upload to reserved file name \"conf1\", which doesn't have "
          "expected extension \".xml\"</line></msg></response>");
    CHECK_THAT(imported(fw, {{"category", "configuration"}}, "<config", "c.xml"),
               Contains("not a valid configuration"));
    CHECK_THAT(imported(fw, {{"category", "configuration"}}, text, "../c.xml"), Contains("reserved file name"));
    CHECK(fw.device->pending().empty());
}

TEST_CASE("a certificate is imported into the candidate, exported and deleted", "[sim][panos][transfer]") {
    Bench fw;
    const std::string& certificate = pair_of_keys().certificate;
    CHECK(
        imported(fw, {{"category", "certificate"}, {"certificate-name", "test00"}, {"format", "pem"}}, certificate) ==
        R"(<response status="success"><result>Successfully imported test00 into candidate configuration</result></response>)");
    const std::string xpath = "/config/shared/certificate/entry[@name='test00']";
    CHECK_THAT(fw.config("get", xpath), Contains("BEGIN CERTIFICATE") && Contains("code=\"19\"") &&
                                            Contains(">mine.example.com</common-name>") && Contains(">EC</algorithm>"));
    const auto file = exported(
        fw, {{"category", "certificate"}, {"certificate-name", "test00"}, {"format", "pem"}, {"include-key", "no"}});
    CHECK(header(file, "Content-Type") == "application/octet-stream");
    CHECK(header(file, "Content-Disposition") == "attachment; filename=test00.pem");
    CHECK(file.body == certificate);
    CHECK(fw.config("delete", xpath) == done);
    CHECK_THAT(fw.config("get", xpath), Contains("code=\"7\""));
}

TEST_CASE("what is no certificate is not imported", "[sim][panos][transfer]") {
    Bench fw;
    const Fields pem{{"category", "certificate"}, {"certificate-name", "x"}, {"format", "pem"}};
    for (const std::string& content :
         {std::string("gossip"), std::string("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
          pair_of_keys().certificate.substr(0, 200), pair_of_keys().key}) {
        CHECK_THAT(imported(fw, pem, content), Contains("Import of x failed. Unable to read the file"));
    }
    Fields archive = pem;
    archive[2].second = "pkcs12";
    archive.emplace_back("passphrase", "open sesame");
    CHECK_THAT(imported(fw, archive, "gossip"), Contains("Import of x failed"));
    CHECK(fw.device->pending().empty());
}

TEST_CASE("a key goes with its certificate only with a passphrase, and encrypted", "[sim][panos][transfer]") {
    Bench fw;
    const net::PemPair& mine = pair_of_keys();
    const Fields pair{{"category", "keypair"}, {"certificate-name", "k"}, {"format", "pem"}};
    CHECK_THAT(imported(fw, pair, mine.certificate + mine.key),
               Contains("Parameter &quot;passphrase&quot; is required while importing certificate"));
    Fields with = pair;
    with.emplace_back("passphrase", "open sesame");
    CHECK_THAT(imported(fw, with, mine.certificate + mine.key), Contains("Successfully imported k"));
    CHECK_THAT(imported(fw, with, mine.certificate), Contains("Import of k failed"));
    CHECK_THAT(imported(fw, with, mine.certificate + net::make_self_signed({})->key),
               Contains("Mismatched public and private keys"));
    const Fields get{{"category", "certificate"}, {"certificate-name", "k"}, {"format", "pem"}, {"include-key", "yes"}};
    CHECK_THAT(exported(fw, get).body, Contains("&quot;passphrase&quot; is required while exporting certificate"));
    Fields opened = get;
    opened.emplace_back("passphrase", "another one");
    const std::string file = exported(fw, opened).body;
    CHECK_THAT(file, Contains("BEGIN ENCRYPTED PRIVATE KEY"));
    CHECK(read_certificate_file(file, CertificateFormat::pem, "another one")->certificate == mine.certificate);
    CHECK_FALSE(read_certificate_file(file, CertificateFormat::pem, "another one")->key.empty());
    CHECK(read_certificate_file(file, CertificateFormat::pem, "wrong")->key.empty());
    CHECK(read_certificate_file(file, CertificateFormat::pem, "")->key.empty());
}

TEST_CASE("certificates travel as PKCS12 too", "[sim][panos][transfer]") {
    Bench fw;
    const net::PemPair& mine = pair_of_keys();
    imported(fw, {{"category", "keypair"}, {"certificate-name", "k"}, {"format", "pem"}, {"passphrase", "open sesame"}},
             mine.certificate + mine.key);
    const Fields get{{"category", "keypair"}, {"certificate-name", "k"}, {"format", "pkcs12"}, {"passphrase", "p1"}};
    const auto file = exported(fw, get);
    CHECK(header(file, "Content-Disposition") == "attachment; filename=k.p12");
    const Fields put{{"category", "keypair"}, {"certificate-name", "k2"}, {"format", "pkcs12"}, {"passphrase", "p1"}};
    CHECK_THAT(imported(fw, put, file.body), Contains("Successfully imported k2"));
    Fields wrong = put;
    wrong[3].second = "p2";
    CHECK_THAT(imported(fw, wrong, file.body), Contains("Import of k2 failed"));
}

TEST_CASE("no private key is in the configuration", "[sim][panos][transfer]") {
    Bench fw;
    const net::PemPair& mine = pair_of_keys();
    imported(fw, {{"category", "keypair"}, {"certificate-name", "k"}, {"format", "pem"}, {"passphrase", "open sesame"}},
             mine.certificate + mine.key);
    fw.activate();
    const std::string configuration = fw.device->running_xml();
    CHECK_THAT(configuration, Contains("<private-key>-AQ==") && !Contains("PRIVATE KEY-----"));
    CHECK_THAT(fw.config("get", "/config/shared/certificate"), !Contains("PRIVATE KEY-----"));
}

TEST_CASE("the certificates in force are listed as monitors read them", "[sim][panos][transfer]") {
    Bench fw;
    const net::PemPair& mine = pair_of_keys();
    imported(fw, {{"category", "certificate"}, {"certificate-name", "k"}, {"format", "pem"}}, mine.certificate);
    const std::string ask =
        "<show><sslmgr-store><config-certificate-info></config-certificate-info></sslmgr-store></show>";
    CHECK(fw.op(ask) == "<response status=\"success\"><result></result></response>");  // not committed yet
    fw.activate();
    const std::string store = fw.op(ask);
    CHECK_THAT(store, Contains("issuer: /") && Contains("db-name: /") && Contains("db-file: k\n") &&
                          Contains("db-status: V\n"));
    CHECK_THAT(store, Matches("[^]*\n        db-exp-date: [0-9]{12}Z\\([A-Z][a-z]{2} [^\n]* GMT\\)\n[^]*"));
    CHECK_THAT(store, Matches("[^]*CDATA\\[[0-9A-F]{1,40}:[0-9A-F]{40}\n[^]*"));  // what metricbeat splits at
    CHECK_THAT(fw.op("<request><certificate><show></show></certificate></request>"),
               Contains("<entry name=\"k\">") && Contains("<expiry>") && !Contains("BEGIN"));
    CHECK(fw.op("<request><certificate><show><certificate-name>x</certificate-name></show></certificate></request>") ==
          "<response status=\"success\"><result></result></response>");
    fw.wait(std::chrono::hours(24 * 365 * 40));
    CHECK_THAT(fw.op(ask), Contains("db-status: E\n"));
}

TEST_CASE("exporting a certificate needs its name and a format", "[sim][panos][transfer]") {
    Bench fw;
    const auto refused = exported(fw, {{"category", "certificate"}, {"certificate-name", "x"}});
    CHECK(refused.status == 400);
    CHECK(
        refused.body ==
        "<response status = 'error' code = '400'><result><msg>Parameter &quot;format&quot; is required while exporting "
        "certificate</msg></result></response>");
    CHECK_THAT(exported(fw, {{"category", "certificate"}, {"format", "pem"}}).body, Contains("certificate-name"));
    CHECK_THAT(exported(fw, {{"category", "certificate"}, {"certificate-name", "x"}, {"format", "pem"}}).body,
               Contains("Certificate x not found"));
}

TEST_CASE("a trusted root from the factory can be exported, without a key", "[sim][panos][transfer]") {
    Bench fw;
    const std::string name = "0041_Entrust.net_Certification_Authority_(2048)";
    const auto file = exported(fw, {{"category", "certificate"}, {"certificate-name", name}, {"format", "pem"}});
    CHECK(header(file, "Content-Disposition") == "attachment; filename=" + name + ".pem");
    CHECK_THAT(file.body, Catch::StartsWith("-----BEGIN CERTIFICATE-----"));
    CHECK_THAT(exported(fw, {{"category", "certificate"},
                             {"certificate-name", name},
                             {"format", "pem"},
                             {"include-key", "yes"},
                             {"passphrase", "open sesame"}})
                   .body,
               Contains("not found"));
}

TEST_CASE("the device state is a gzip file", "[sim][panos][transfer]") {
    Bench fw;
    const auto file = exported(fw, {{"category", "device-state"}});
    CHECK(header(file, "Content-Disposition") == "attachment; filename=device_state_cfg.tgz");
    CHECK(file.body.substr(0, 3) == "\x1f\x8b\x08");
    const auto files = untgz(file.body);
    REQUIRE(files);
    CHECK_THAT(files->front().name, Contains("running-config.xml"));
    CHECK_THAT(files->front().content, Contains("</config>"));
}

TEST_CASE("technical support data is a job", "[sim][panos][transfer]") {
    Bench fw;
    CHECK(
        exported(fw, {{"category", "tech-support"}}).body ==
        R"(<response status="success" code="19"><result><msg><line>Exec job enqueued with jobid 2</line></msg><job>2</job></result></response>)");
    const Fields get{{"category", "tech-support"}, {"action", "get"}, {"job-id", "2"}};
    CHECK_THAT(exported(fw, get).body, Contains("<status>ACT</status>"));
    fw.wait(std::chrono::seconds(1));
    CHECK_THAT(exported(fw, {{"category", "tech-support"}, {"action", "status"}, {"job-id", "2"}}).body,
               Contains("<status>FIN</status>"));
    CHECK(header(exported(fw, get), "Content-Disposition") == "attachment; filename=techsupport.tgz");
    CHECK_THAT(exported(fw, {{"category", "tech-support"}, {"action", "get"}, {"job-id", "5"}}).body,
               Contains("job 5 not found"));
}

TEST_CASE("response pages are plain text, and one's own once imported", "[sim][panos][transfer]") {
    Bench fw;
    const auto page = exported(fw, {{"category", "url-block-page"}});
    CHECK(header(page, "Content-Type") == "text/plain; charset=UTF-8");
    CHECK(header(page, "Content-Disposition").empty());
    CHECK_THAT(page.body, Contains("<html>"));
    CHECK_THAT(imported(fw, {{"category", "url-block-page"}}, "<html>mine</html>"), Contains("url-block-page saved"));
    CHECK(exported(fw, {{"category", "url-block-page"}}).body == "<html>mine</html>");
}

TEST_CASE("what can't be exported or imported is refused", "[sim][panos][transfer]") {
    Bench fw;
    CHECK_THAT(exported(fw, {}).body, Contains("Missing value for parameter &quot;category&quot;."));
    CHECK_THAT(exported(fw, {{"category", "gossip"}}).body, Contains("Illegal value"));
    CHECK_THAT(imported(fw, {}, "x"), Contains("&quot;category&quot;"));
    CHECK_THAT(imported(fw, {{"category", "gossip"}}, "x"), Contains("Illegal value"));
    CHECK_THAT(imported(fw, {{"category", "configuration"}}, ""),
               Contains("Missing value for parameter &quot;file&quot;"));
    CHECK_THAT(fw.post({{"type", "import"}, {"category", "configuration"}}).body, Contains("&quot;file&quot;"));
    CHECK(exported(fw, {{"category", "filters-pcap"}}).body ==
          R"(<response status="success"><result><dir-listing></dir-listing></result></response>)");
    CHECK_THAT(exported(fw, {{"category", "filters-pcap"}, {"from", "a.pcap"}}).body,
               Contains("a.pcap does not exist"));
}

TEST_CASE("no passphrase and no uploaded key is in the record of calls", "[sim][panos][transfer]") {
    Bench fw;
    imported(fw, {{"category", "keypair"}, {"certificate-name", "k"}, {"format", "pem"}, {"passphrase", "open sesame"}},
             pair_of_keys().certificate + pair_of_keys().key);
    for (const RecordedCall& call : fw.device->calls()) {
        CHECK_THAT(call.action + call.xpath + call.type, !Contains("sesame") && !Contains("PRIVATE"));
    }
}

TEST_CASE("a dump of statistics is a job of its own", "[sim][panos][transfer]") {
    Bench fw;
    const Fields ask{{"category", "stats-dump"}};
    CHECK_THAT(exported(fw, ask).body, Contains("Exec job enqueued with jobid 2"));
    const Fields get{{"category", "stats-dump"}, {"action", "get"}, {"job-id", "2"}};
    CHECK_THAT(exported(fw, {{"category", "tech-support"}, {"action", "get"}, {"job-id", "2"}}).body,
               Contains("job 2 not found"));
    fw.wait(std::chrono::seconds(60));
    const auto file = exported(fw, get);
    CHECK(header(file, "Content-Disposition") == "attachment; filename=stats_dump.tar.gz");
    const auto files = untgz(file.body);
    REQUIRE(files);
    CHECK(std::any_of(files->begin(), files->end(),
                      [](const ArchivedFile& each) { return each.name == "stats_dump/config.csv"; }));
    CHECK_THAT(exported(fw, {{"category", "stats-dump"}, {"action", "finish"}, {"job-id", "2"}}).body,
               Contains("<job>2</job>"));
    CHECK_THAT(exported(fw, get).body, Contains("job 2 not found"));
}

TEST_CASE("files that the vendor signs are refused", "[sim][panos][transfer]") {
    Bench fw;
    CHECK(imported(fw, {{"category", "software"}}, "not an image", "PanOS_vm-10.1.10") ==
          "<response status=\"error\"><msg><line>Image File Authentication Error</line></msg></response>");
    CHECK_THAT(imported(fw, {{"category", "content"}}, "not a package"), Contains("invalid signature"));
    CHECK_THAT(imported(fw, {{"category", "license"}}, "not a key"), Contains("Invalid license key"));
    CHECK_THAT(imported(fw, {{"category", "gossip"}}, "x"),
               Contains("Illegal value for parameter &quot;category&quot; [gossip]"));
}

TEST_CASE("a logo says where it belongs", "[sim][panos][transfer]") {
    Bench fw;
    CHECK_THAT(imported(fw, {{"category", "custom-logo"}}, "png", "logo.png"),
               Contains("Missing value for parameter &quot;where&quot;"));
    CHECK_THAT(imported(fw, {{"category", "custom-logo"}, {"where", "wall"}}, "png", "logo.png"),
               Contains("Illegal value for parameter &quot;where&quot; [wall]"));
    CHECK(imported(fw, {{"category", "custom-logo"}, {"where", "main-ui"}}, "png", "logo.png") ==
          R"(<response status="success"><msg><line>logo.png saved</line></msg></response>)");
    CHECK_THAT(imported(fw, {{"category", "custom-logo"}, {"where", "main-ui"}}, std::string(131073, 'x'), "logo.png"),
               Contains("is larger than 128KB"));
}

TEST_CASE("a device state is imported into another firewall, which runs it after a commit", "[sim][panos][transfer]") {
    Bench old_one;
    old_one.set(addresses, host("kept", "192.0.2.77"));
    old_one.activate();
    const std::string state = exported(old_one, {{"category", "device-state"}}).body;
    Bench new_one;
    CHECK(imported(new_one, {{"category", "device-state"}}, state, "state.tgz") ==
          R"(<response status="success"><msg><line>state.tgz saved</line></msg></response>)");
    CHECK_THAT(new_one.config("get", address("kept")), Contains("192.0.2.77"));
    CHECK(new_one.device->running_xml().find("kept") == std::string::npos);
    new_one.activate();
    CHECK(new_one.device->running_xml() == old_one.device->running_xml());
}

TEST_CASE("a file that is no device state changes nothing", "[sim][panos][transfer]") {
    Bench fw;
    std::string state = exported(fw, {{"category", "device-state"}}).body;
    const std::string damaged = [&] {
        std::string out = state;
        out[out.size() / 2] = static_cast<char>(out[out.size() / 2] ^ 1);
        return out;
    }();
    for (const std::string& each :
         {std::string("nonsense"), state.substr(0, state.size() / 2), state.substr(0, 20), damaged}) {
        CHECK_THAT(imported(fw, {{"category", "device-state"}}, each, "s.tgz"),
                   Contains("Failed to import device state"));
    }
    CHECK(fw.device->pending().empty());
    fw.device->lock(LockKind::config, "bridge", "", fw.now);
    CHECK_THAT(imported(fw, {{"category", "device-state"}}, state, "s.tgz"), Contains("locked by bridge"));
}

TEST_CASE("an archive is read again as it was written, and one that would fill the memory is not",
          "[sim][panos][transfer]") {
    const std::vector<ArchivedFile> files{{"a.txt", "hello\n"}, {"b.txt", std::string(100'000, 'x')}};
    const auto read = untgz(tgz(files, start));
    REQUIRE(read);
    REQUIRE(read->size() == 2);
    CHECK(read->front().name == "a.txt");
    CHECK(read->front().content == "hello\n");
    CHECK(read->back().content == files.back().content);
    CHECK_FALSE(untgz(""));
    const std::string packed =  // a.txt with "hello", by GNU tar and gzip
        "1f8b0800000000000203edcf310a84301005d0d47b0a4f205124f749b16021081ac1e31bb792addd05e1bde60f33c5f0735b"
        "f6127e2b5669183e597de779bdcc75dfc52ef5a189e10fb6b5e4a5bebfa3e4b5dc438cef699a5f0100000000000000008087"
        "390020eca24300280000";
    std::string bytes;
    for (std::size_t i = 0; i < packed.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(packed.substr(i, 2), nullptr, 16));
    }
    const auto compressed = untgz(bytes);
    REQUIRE(compressed);
    REQUIRE(compressed->size() == 1);
    CHECK(compressed->front().name == "a.txt");
    CHECK(compressed->front().content == "hello\n");
    // A flipped bit is found, or stands where nothing depends on it.
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        const auto outcome = untgz(damaged);
        CHECK((!outcome || (outcome->size() == 1 && outcome->front().content == "hello\n")));
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(untgz(std::string_view(bytes).substr(0, size)));
    }
    CHECK_FALSE(untgz(tgz({{"big", std::string(65U << 20U, 'x')}}, start)));
}

TEST_CASE("SAML metadata makes a server profile and a certificate", "[sim][panos][transfer]") {
    Bench fw;
    std::string certificate = pair_of_keys().certificate;
    certificate = certificate.substr(certificate.find('\n') + 1);
    certificate = certificate.substr(0, certificate.find("-----END"));
    const auto metadata = [](const std::string& key, const std::string& services) {
        return "<?xml version=\"1.0\"?><md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
               "entityID=\"https://idp.example/id\"><md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\">"
               "<md:KeyDescriptor use=\"encryption\"><ds:KeyInfo/></md:KeyDescriptor>"
               "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"d\"><ds:X509Data><ds:X509Certificate>" +
               key + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>" + services +
               "</md:IDPSSODescriptor></md:EntityDescriptor>";
    };
    const std::string redirect =
        "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
        "Location=\"https://idp.example/redirect\"/>";
    const std::string post =
        "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
        "Location=\"https://idp.example/post\"/>";
    const auto give = [&](const std::string& text, const Fields& more = {{"profile-name", "idp"}}) {
        Fields fields{{"category", "idp-metadata"}};
        fields.insert(fields.end(), more.begin(), more.end());
        return imported(fw, fields, text, "metadata.xml");
    };
    CHECK_THAT(give(metadata(certificate, redirect), {}), Contains("profile-name"));
    CHECK_THAT(give("<a/>"), Contains("no SAML metadata"));
    CHECK_THAT(give(metadata(certificate, "")), Contains("no address for single sign-on"));
    CHECK_THAT(give(metadata("AAAA", redirect)), Contains("can't be read"));
    CHECK(fw.device->pending().empty());
    CHECK(give(metadata(certificate, redirect + post)) == done);
    const std::string profile = fw.config("get", "/config/shared/server-profile/saml-idp/entry[@name='idp']");
    CHECK_THAT(profile, Contains(">https://idp.example/id</entity-id>") &&
                            Contains(">https://idp.example/post</sso-url>") && Contains(">post</sso-bindings>") &&
                            Contains(">crt.idp.shared</certificate>") && Contains(">yes</want-auth-requests-signed>"));
    CHECK_THAT(fw.config("get", "/config/shared/certificate/entry[@name='crt.idp.shared']"),
               Contains(">mine.example.com</common-name>"));
}
