#!/usr/bin/env bash
# How many API requests a second the mock firewall answers, against nginx with one worker answering a short constant 200 to
# the same requests. Both are driven by wrk, in turns, on this machine: once with `show system info`, once with a `set` of
# one address, and the same with 10,000 addresses there. The processor time that each server takes for a request is told,
# too: other programs on the machine disturb it far less than the requests a second.
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
nginx_pid=$(pgrep -P "${pids[-1]}")  # the worker
panos_port=$(free_port)
control_port=$(free_port)
"$lab" panos --listen "127.0.0.1:$panos_port" --control "127.0.0.1:$control_port" --plain --user admin:bench-only \
  --model PA-5260 >"$work/panos.log" 2>&1 &
panos_pid=$!
pids+=("$panos_pid")
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
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

run() {  # port, pid, body; prints requests a second, 99th percentile, how many were no 2xx, processor time of one in us
  local before
  before=$(ticks "$2")
  cat >"$work/request.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = [==[$3]==]
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %.0f %.2f %d %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1e3, bad, summary.requests))
end
LUA
  wrk -t1 -c"$connections" -d"$duration" -s "$work/request.lua" "http://127.0.0.1:$1/api/" >"$work/run"
  awk -v ticks=$(($(ticks "$2") - before)) -v hertz="$(getconf CLK_TCK)" \
    '$1 == "RESULT" { print $2, $3, $4, $5 ? ticks / hertz * 1e6 / $5 : 0 }' "$work/run"
}

compare() {  # title, body
  local name port pid rate p99 bad time
  curl -sS -d "$2" "$api" | grep -q 'status="success"' || { echo "$1: the firewall refuses it" >&2; exit 1; }
  : >"$work/nginx.rates"
  : >"$work/panos.rates"
  for ((round = 0; round < rounds; ++round)); do
    for name in nginx panos; do
      if [[ $name == nginx ]]; then port=$nginx_port pid=$nginx_pid; else port=$panos_port pid=$panos_pid; fi
      read -r rate p99 bad time <<<"$(run "$port" "$pid" "$2")"
      echo "$rate $p99 $time" >>"$work/$name.rates"
      if ((bad > 0)); then failures=1; fi
    done
  done
  of() { cut -d' ' -f"$2" "$work/$1.rates" | median; }
  awk -v title="$1" -v p="$(of panos 1)" -v pp="$(of panos 2)" -v pt="$(of panos 3)" \
    -v n="$(of nginx 1)" -v np="$(of nginx 2)" -v nt="$(of nginx 3)" 'BEGIN {
    printf("%-24s %7d/s p99 %5.2f ms %5.1f us   nginx %7d/s p99 %5.2f ms %5.1f us   ratio %.2f, of processor time %.2f\n",
           title, p, pp, pt, n, np, nt, n ? p / n : 0, pt ? nt / pt : 0) }'
}

set_one="type=config&action=set&key=$key&xpath=$addresses/entry[@name='one']&element=<ip-netmask>192.0.2.1</ip-netmask>"
echo "$(nproc) processors, $connections connections, $duration a run, medians of $rounds"
compare 'show system info' "type=op&key=$key&cmd=<show><system><info></info></system></show>"
compare 'set of one address' "$set_one"
fill 10000
compare 'set of one among 10,000' "$set_one"
((failures == 0)) || { echo "some answers were no 2xx, or connections failed" >&2; exit 1; }
