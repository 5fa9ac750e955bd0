// Models and versions as profiles.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/configuration/model.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string info(Bench& fw) {
    return fw.op("<show><system><info></info></system></show>");
}

}  // namespace

TEST_CASE("every model makes a device that tells itself and its limits", "[sim][panos][model]") {
    for (const Model& model : models()) {
        INFO(model.name);
        DeviceOptions with = options();
        with.model = std::string(model.name);
        Bench fw(with);
        CHECK_THAT(info(fw), Contains("<model>" + std::string(model.shown) + "</model>") &&
                                 Contains("<family>" + std::string(model.family) + "</family>"));
        const std::string limits = fw.config("get", "/config/platform/limits");
        CHECK_THAT(limits, Contains("<max-address>" + std::to_string(model.limits.addresses) + "</max-address>") &&
                               Contains("<max-address-per-group>2500</max-address-per-group>") &&
                               Contains("<max-service>" + std::to_string(model.limits.services) + "</max-service>"));
        CHECK(limits_of(model.name).registered_addresses == model.limits.registered_addresses);
        CHECK(model.vsys_base <= model.vsys_max);
    }
}

TEST_CASE("registered addresses are as documented", "[sim][panos][model]") {
    CHECK(limits_of("PA-5220").registered_addresses == 500'000);
    CHECK(limits_of("PA-5450").registered_addresses == 100'000);
    CHECK(limits_of("VM-700").registered_addresses == 300'000);
    CHECK(limits_of("PA-3440").registered_addresses == 200'000);
    CHECK(limits_of("PA-3410").registered_addresses == 150'000);
    CHECK(limits_of("PA-440").registered_addresses == 50'000);
    CHECK(limits_of("PA-850").registered_addresses == 2'500);
    CHECK(limits_of("PA-220").registered_addresses == 1'000);
}

TEST_CASE("an unknown model is refused with the list", "[sim][panos][model]") {
    DeviceOptions with = options();
    with.model = "PA-9999";
    CHECK_THAT(Device::make(with, start).error(), Contains("PA-9999") && Contains("PA-220") && Contains("Panorama"));
}

TEST_CASE("every VM-Series firewall calls itself PA-VM, and names its licence", "[sim][panos][model]") {
    DeviceOptions with = options();
    with.model = "VM-50";
    Bench fw(with);
    CHECK_THAT(info(fw), Contains("<model>PA-VM</model>") && Contains("<vm-license>VM-50</vm-license>"));
    CHECK_THAT(fw.post({{"type", "version"}}).body, Contains("<model>PA-VM</model>"));
    with.model = "PA-220";
    Bench hardware(with);
    CHECK_THAT(info(hardware), !Contains("vm-license") && !Contains("vm-uuid"));
}

TEST_CASE("a Panorama has no threat version", "[sim][panos][model]") {
    DeviceOptions with = options();
    with.model = "Panorama";
    Bench fw(with);
    CHECK_THAT(info(fw),
               Contains("<system-mode>") && !Contains("threat-version") && Contains("<multi-vsys>off</multi-vsys>"));
}

TEST_CASE("several virtual systems are a matter of the model", "[sim][panos][model]") {
    const std::string on = "<set><system><setting><multi-vsys>on</multi-vsys></setting></system></set>";
    DeviceOptions with = options();
    with.model = "PA-220";
    Bench small(with);
    CHECK_THAT(small.op(on), Contains("status=\"error\""));
    with.model = "PA-5220";
    Bench large(with);
    CHECK_THAT(large.op(on), Contains("status=\"success\""));
    CHECK_THAT(info(large), Contains("<multi-vsys>on</multi-vsys>"));
    CHECK_THAT(large.post({{"type", "version"}}).body, Contains("<multi-vsys>on</multi-vsys>"));
}

TEST_CASE("what system info has grows with the versions", "[sim][panos][model]") {
    for (const auto& [version, certificate, routing] :
         {std::tuple("8.1.0", false, false), std::tuple("9.1.0", false, false), std::tuple("10.0.2", true, false),
          std::tuple("10.1.9", true, true), std::tuple("11.2.3", true, true)}) {
        DeviceOptions with = options();
        with.version = version;
        Bench fw(with);
        const std::string text = info(fw);
        INFO(version);
        CHECK((text.find("<device-certificate-status>") != std::string::npos) == certificate);
        CHECK((text.find("<advanced-routing>") != std::string::npos) == routing);
        CHECK_THAT(text, Contains("<sw-version>" + std::string(version) + "</sw-version>"));
    }
}

TEST_CASE("versions decide paths, hashes and limits of names", "[sim][panos][model]") {
    CHECK(parse_version("9.0.4")->rest_root() == "/restapi/9.0");
    CHECK(parse_version("10.1")->rest_root() == "/restapi/v10.1");
    CHECK_FALSE(parse_version("8.1")->has_rest());
    CHECK_FALSE(parse_version("9.1")->hashes_with_sha256());
    CHECK(parse_version("11.2.6")->nests_value_errors());
    CHECK_FALSE(parse_version("11.1.6")->nests_value_errors());
    CHECK(parse_version("11.1.6")->tells_configuration_size());
}

TEST_CASE("the details of a commit are the version's", "[sim][panos][model]") {
    for (const auto& [version, partial, size] :
         {std::tuple("8.1.0", false, false), std::tuple("9.0.0", true, false), std::tuple("10.1.9", true, false),
          std::tuple("11.0.2", false, false), std::tuple("11.1.6", false, true)}) {
        INFO(version);
        DeviceOptions with = options();
        with.version = version;
        Bench fw(with);
        fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
        fw.activate();
        const std::string job = fw.job(2);
        CHECK((job.find("Partial changes to commit") != std::string::npos) == partial);
        CHECK((job.find("<line>Local configuration size: ") != std::string::npos) == size);
        CHECK((job.find(" KB</line><line>Predefined configuration size: 14 MB</line>"
                        "<line>Total configuration size(local, predefined): 14 MB</line>"
                        "<line>Maximum recommended configuration size: 120 MB (11% configured)</line></details>") !=
               std::string::npos) == size);
    }
}
