#!/usr/bin/env bash
# How many API requests a second the mock firewall answers, against nginx answering a constant 200 of the same size to the
# same requests. Both are driven by wrk, in turns, on this machine: once with `show system info`, once with a `set` of
# one address, and the same with 10,000 addresses there.
#
#   tests/bench/panos_bench.sh [LAB_BINARY]
#
#   ROUNDS=3  runs of each    DURATION=5s  length of a run    CONNECTIONS=32  wrk's connections
#
# Prints the medians and their ratio. Exits 1 when an answer was no success.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
lab=${1:-$root/build/release/bin/firebreak-lab}
rounds=${ROUNDS:-3}
duration=${DURATION:-5s}
connections=${CONNECTIONS:-32}

for tool in wrk nginx awk curl; do
  command -v "$tool" >/dev/null || { echo "needs $tool (apt-get install wrk nginx-light gawk curl)" >&2; exit 2; }
done
[[ -x $lab ]] || { echo "$lab is not there; build it with: cmake --preset release && ninja -C build/release firebreak-lab" >&2; exit 2; }

# shellcheck source=servers.sh
source "$here/servers.sh"

start_nginx '<response status=\"success\" code=\"20\"><msg>command succeeded</msg></response>'
panos_port=$(free_port)
control_port=$(free_port)
"$lab" panos --listen "127.0.0.1:$panos_port" --control "127.0.0.1:$control_port" --plain --user admin:bench-only \
  --model PA-5260 >"$work/panos.log" 2>&1 &
pids+=($!)
await "$panos_port" firebreak-lab "$work/panos.log"

api=http://127.0.0.1:$panos_port/api/
key=$(curl -sS -d 'type=keygen&user=admin&password=bench-only' "$api" | sed 's/.*<key>\(.*\)<\/key>.*/\1/')
addresses="/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address"

fill() {  # count: that many addresses in the candidate
  {
    printf 'type=config&action=set&key=%s&xpath=%s&element=' "$key" "$addresses"
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; ++i)
      printf("<entry name=\"load-%d\"><ip-netmask>10.%d.%d.%d</ip-netmask></entry>", i, i / 65536, i / 256 % 256, i % 256) }'
  } >"$work/fill"
  curl -sS --data-binary @"$work/fill" "$api" | grep -q 'code="20"' || { echo "the firewall took no addresses" >&2; exit 2; }
}

failures=0
run() {  # port, body; prints requests a second and how many were no 2xx
  cat >"$work/request.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = [==[$2]==]
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %.0f %.2f %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1e3, bad))
end
LUA
  wrk -t1 -c"$connections" -d"$duration" -s "$work/request.lua" "http://127.0.0.1:$1/api/" | awk '$1 == "RESULT" { print $2, $3, $4 }'
}

compare() {  # title, body
  local name port rate p99 bad
  curl -sS -d "$2" "$api" | grep -q 'status="success"' || { echo "$1: the firewall refuses it" >&2; exit 1; }
  : >"$work/nginx.rates"
  : >"$work/panos.rates"
  for ((round = 0; round < rounds; ++round)); do
    for name in nginx panos; do
      [[ $name == nginx ]] && port=$nginx_port || port=$panos_port
      read -r rate p99 bad <<<"$(run "$port" "$2")"
      echo "$rate $p99" >>"$work/$name.rates"
      if ((bad > 0)); then failures=1; fi
    done
  done
  awk -v title="$1" -v p="$(cut -d' ' -f1 "$work/panos.rates" | median)" -v pp="$(cut -d' ' -f2 "$work/panos.rates" | median)" \
    -v n="$(cut -d' ' -f1 "$work/nginx.rates" | median)" -v np="$(cut -d' ' -f2 "$work/nginx.rates" | median)" 'BEGIN {
    printf("%-34s %8d/s p99 %6.2f ms   nginx %8d/s p99 %6.2f ms   ratio %.2f\n", title, p, pp, n, np, n ? p / n : 0) }'
}

set_one="type=config&action=set&key=$key&xpath=$addresses/entry[@name='one']&element=<ip-netmask>192.0.2.1</ip-netmask>"
echo "$(nproc) processors, $connections connections, $duration a run, medians of $rounds"
compare 'show system info' "type=op&key=$key&cmd=<show><system><info></info></system></show>"
compare 'set of one address' "$set_one"
fill 10000
compare 'set of one among 10,000' "$set_one"
((failures == 0)) || { echo "some answers were no 2xx, or connections failed" >&2; exit 1; }
