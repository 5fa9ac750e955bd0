#!/usr/bin/env bash
# How long an appliance waits for its 200 (each one synced to disk first) when notifications come at a fixed rate,
# whatever the bridge does: a second at half of it to get going, then the run that counts.
#
#   tests/bench/open_loop_bench.sh [BUILD_DIRECTORY]
#
#   RATE=5000  notifications a second    SECONDS_LONG=60    ATTACKERS=4096    CONNECTIONS=128
#
# Prints a row for the bridge, and one for the disk alone before and after it: 200 syncs a second of 128 KB each, about
# what the bridge asks of it. Exits 1 when one was not acknowledged, when the 99th percentile is above 10 ms, or the longest above
# 50 ms.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${1:-$root/build/release}
bridge=$build/bin/firebreak-bridge
sender=$build/bin/bench_open_loop
rate=${RATE:-5000}
disk=$build/bin/bench_disk
for program in "$bridge" "$sender" "$disk"; do
  [[ -x $program ]] || { echo "$program is not there; build it with: FIREBREAK_TESTS=ON ci/build release firebreak-bridge bench_open_loop bench_disk" >&2; exit 2; }
done

# shellcheck source=servers.sh
source "$here/servers.sh"
port=$(free_port)
printf 'unused' >"$work/key"
chmod 600 "$work/key"
# The target is a port where nobody listens: blocks are decided, stored and wait, as while a firewall is down.
cat >"$work/bridge.yaml" <<CONF
intake: {listen: 127.0.0.1:$port}
store: $work/bridge.db
policy: {max_new_blocks_per_minute: 0}
targets:
  nowhere: {kind: panos, url: "https://127.0.0.1:9", api_key_file: $work/key, insecure: true}
operate: {socket: $work/socket, log: {level: warning}}
CONF
"$bridge" run --config "$work/bridge.yaml" >"$work/bridge.log" 2>&1 &
pids+=($!)
await "$port" firebreak-bridge "$work/bridge.log"
"$sender" "$port" $((rate / 2)) 1 "${ATTACKERS:-4096}" "${CONNECTIONS:-128}" 9000000 >/dev/null
disk_before=$("$disk" "$work/disk")
read -r sent acknowledged p50 p99 p999 max <<<"$("$sender" "$port" "$rate" "${SECONDS_LONG:-60}" "${ATTACKERS:-4096}" "${CONNECTIONS:-128}" || true)"
echo "$(nproc) processors, $rate/s; load average $(cut -d' ' -f1-3 /proc/loadavg); store on $(df --output=fstype "$work" | tail -n 1)"
printf '%10s %14s %8s %8s %8s %8s   ms since due\n%10s %14s %8s %8s %8s %8s\n' sent acknowledged p50 p99 p99.9 max \
  "$sent" "$acknowledged" "$p50" "$p99" "$p999" "$max"
printf '%-25s %8s %8s %8s %8s   ms\n' "disk alone, before" $(awk '{ print $1, $2, "", $3 }' <<<"$disk_before")
printf '%-25s %8s %8s %8s %8s   ms\n' "disk alone, after" $("$disk" "$work/disk" | awk '{ print $1, $2, "", $3 }')
awk -v s="$sent" -v a="$acknowledged" -v p="$p99" -v m="$max" 'BEGIN { exit !(s == a && p <= 10 && m <= 50) }'
