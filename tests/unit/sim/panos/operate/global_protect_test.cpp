// GlobalProtect: gateways and portals of the configuration, to which nobody is connected.
#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

std::string gateway(const std::string& command) {
    return "<show><global-protect-gateway>" + command + "</global-protect-gateway></show>";
}

std::string portal(const std::string& command) {
    return "<show><global-protect-portal>" + command + "</global-protect-portal></show>";
}

std::string log_out(const std::string& arguments) {
    return "<request><global-protect-gateway><client-logout>" + arguments +
           "</client-logout></global-protect-gateway></request>";
}

class RemoteAccess : public Bench {
public:
    RemoteAccess() {
        set(vsys1 + "/global-protect",
            "<global-protect-gateway><entry name=\"gw\"><local-address><interface>ethernet1/2</interface>"
            "</local-address><ssl-tls-service-profile>web</ssl-tls-service-profile></entry></global-protect-gateway>"
            "<global-protect-portal><entry name=\"door\"/></global-protect-portal>");
        activate();
    }
};

}  // namespace

TEST_CASE("gateways are the running configuration's", "[sim][panos][globalprotect]") {
    CHECK(Bench().op(gateway("<gateway></gateway>")) == answered(""));
    RemoteAccess fw;
    const std::string entry =
        "<entry><gateway-name>gw</gateway-name><tunnel-name>gw-N</tunnel-name><vsys-id>1</vsys-id><local-interface>"
        "ethernet1/2</local-interface><local-address>198.51.100.1</local-address><ssl-tls-service-profile>web"
        "</ssl-tls-service-profile><current-users>0</current-users></entry>";
    CHECK(fw.op(gateway("<gateway></gateway>")) == answered(entry));
    CHECK(fw.op(gateway("<gateway><name>gw</name></gateway>")) == answered(entry));
    CHECK(fw.op(gateway("<gateway><name>other</name></gateway>")) ==
          refused(
              "<line> show -> global-protect-gateway -> gateway -> name 'other' is not a valid reference</line><line> "
              "show -> global-protect-gateway -> gateway is invalid</line>"));
}

TEST_CASE("nobody is connected to a gateway, and a user without a name is refused", "[sim][panos][globalprotect]") {
    RemoteAccess fw;
    CHECK(fw.op(gateway("<current-user></current-user>")) == answered(""));
    CHECK(fw.op(gateway("<current-user><gateway>gw</gateway><user>eve</user></current-user>")) == answered(""));
    CHECK(fw.op(gateway("<previous-user/>")) == answered(""));
    CHECK(fw.op(gateway("<current-user><user></user></current-user>")) ==
          refused("<line> show -> global-protect-gateway -> current-user -> user is invalid</line>"));
    CHECK_THAT(fw.op(gateway("<current-user><gateway>none</gateway></current-user>")),
               Contains("'none' is not a valid reference"));
}

TEST_CASE("statistics and summary name each gateway", "[sim][panos][globalprotect]") {
    RemoteAccess fw;
    const std::string totals =
        "<Gateway><name>gw</name><CurrentUsers>0</CurrentUsers><PreviousUsers>0</PreviousUsers></Gateway>";
    CHECK(fw.op(gateway("<statistics/>")) ==
          answered(totals + "<TotalCurrentUsers>0</TotalCurrentUsers><TotalPreviousUsers>0</TotalPreviousUsers>"));
    CHECK(fw.op(gateway("<summary><detail/></summary>")) ==
          answered(totals +
                   "\n\tcurrent-user: 0\n\tgateway-max-concurrent-tunnel: 0\n\tgateway-successful-ip-sec-connections: 0"
                   "\n\tsuccessful-gateway-connections: 0\n\n"));
}

TEST_CASE("a user that is not connected can't be logged out", "[sim][panos][globalprotect]") {
    RemoteAccess fw;
    const std::string who = "<user>eve</user><computer>pc</computer><reason>force-logout</reason>";
    CHECK(fw.op(log_out("<gateway>gw-N</gateway>" + who)) ==
          answered(
              "<response status=\"error\"><gateway>gw-N</gateway><user>eve</user><computer>pc</computer><error>Invalid "
              "user name</error></response>"));
    CHECK_THAT(fw.op(log_out("<gateway>gw</gateway><domain>lab</domain>" + who)),
               Contains("<domain>lab</domain>") && Contains("<error>Invalid gateway name</error>"));
    CHECK(fw.op(log_out(who)) ==
          refused(
              "<line> request -> global-protect-gateway -> client-logout is missing 'gateway'</line><line> request -> "
              "global-protect-gateway -> client-logout is invalid</line>"));
    CHECK_THAT(fw.op(log_out("<gateway>gw-N</gateway><user>eve</user><reason>because</reason>")),
               Contains("reason 'because' is not an allowed keyword"));
}

TEST_CASE("portals are asked in the shapes that integrations read", "[sim][panos][globalprotect]") {
    RemoteAccess fw;
    CHECK(fw.op(portal("<current-user></current-user>")) == answered("<gp-portal-users/>"));
    CHECK(fw.op(portal("<current-user><portal>door</portal></current-user>")) == answered("<gp-portal-users/>"));
    CHECK_THAT(fw.op(portal("<current-user><portal>wall</portal></current-user>")),
               Contains("'wall' is not a valid reference"));
    CHECK_THAT(fw.op(portal("<summary><all/></summary>")), Contains("\ndoor: 0\n"));
    CHECK_THAT(fw.op(portal("<statistics/>")), Contains("Total messages DP => MP: 0\n"));
}
