#!/usr/bin/env python3
"""A running configuration that has N blocks of the bridge already: firewall_with_blocks.py N. The same addresses as
bench_fill_store makes."""
import sys

n = int(sys.argv[1])
out = sys.stdout.write


def address(i):
    return f"198.{18 + (i >> 16)}.{i >> 8 & 255}.{i & 255}"


out("<config version='10.1.0'><devices><entry name='localhost.localdomain'><vsys><entry name='vsys1'>")
out("<zone><entry name='trust'/><entry name='untrust'/></zone><tag><entry name='firebreak'/></tag><address>")
out("<entry name='placeholder'><ip-netmask>192.0.2.255</ip-netmask></entry>")
for i in range(n):
    out(f"<entry name='firebreak-{address(i)}'><ip-netmask>{address(i)}</ip-netmask>"
        "<tag><member>firebreak</member></tag></entry>")
out("</address><address-group><entry name='firebreak-blocked'><static><member>placeholder</member>")
for i in range(n):
    out(f"<member>firebreak-{address(i)}</member>")
out("</static></entry></address-group></entry></vsys></entry></devices></config>\n")
