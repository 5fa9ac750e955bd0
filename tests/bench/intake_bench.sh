#!/usr/bin/env bash
# How many notifications a second the bridge acknowledges (each one synced to disk first), against nginx answering a
# constant 200 to the same requests. Both are driven by wrk, in turns, on this machine.
#
#   tests/bench/intake_bench.sh [BRIDGE_BINARY]
#
#   ROUNDS=3        runs of each       DURATION=10s     length of a run
#   CONNECTIONS=128 wrk's connections  ATTACKERS=4096   different attackers among the notifications
#   KEEP=1          leave the directory with configurations, logs and store
#
# Prints a row for each run, then the medians and their ratio; once with kept connections and once with a connection
# for each notification, as appliances do it. Exits 1 when an answer was no 2xx or a connection failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bridge=${1:-$root/build/release/bin/firebreak-bridge}
rounds=${ROUNDS:-3}
duration=${DURATION:-10s}
connections=${CONNECTIONS:-128}
attackers=${ATTACKERS:-4096}

for tool in wrk nginx awk; do
  command -v "$tool" >/dev/null || { echo "needs $tool (apt-get install wrk nginx-light gawk)" >&2; exit 2; }
done
[[ -x $bridge ]] || { echo "$bridge is not there; build it with: cmake --preset release && ninja -C build/release firebreak-bridge" >&2; exit 2; }

# shellcheck source=servers.sh
source "$here/servers.sh"

start_nginx '1 accepted, 0 repeated, 0 not understood\n'

bridge_port=$(free_port)
operate_port=$(free_port)
printf 'bench-only' >"$work/password"
printf 'unused' >"$work/key"
chmod 600 "$work/password" "$work/key"
# The target is a port where nobody listens: blocks are decided, stored and wait, as while a firewall is down.
cat >"$work/bridge.yaml" <<CONF
intake:
  listen: 127.0.0.1:$bridge_port
  users: {fireeye: {password_file: $work/password}}
store: $work/bridge.db
policy:
  max_new_blocks_per_minute: 0
targets:
  nowhere: {kind: panos, url: "https://127.0.0.1:9", api_key_file: $work/key, insecure: true}
operate: {listen: 127.0.0.1:$operate_port, log: {level: warning}}
CONF
"$bridge" run --config "$work/bridge.yaml" >"$work/bridge.log" 2>&1 &
pids+=($!)
await "$bridge_port" firebreak-bridge "$work/bridge.log"

next_id=0
failures=0
run() {  # name, port, keep|close; prints wrk's RESULT fields
  local result
  result=$(wrk -t1 -c"$connections" -d"$duration" -s "$here/notifications.lua" "http://127.0.0.1:$2/" -- \
    "$next_id" "$attackers" "$3" | awk '$1 == "RESULT" { $1 = ""; print substr($0, 2) }')
  [[ -n $result ]] || { echo "wrk gave no result for $1" >&2; exit 2; }
  echo "$result"
}

echo "$(nproc) processors, $connections connections, $duration a run; store on $(df --output=fstype "$work" | tail -n 1)"
for mode in keep close; do
  [[ $mode == keep ]] && title="kept connections" || title="one connection for each notification"
  printf '\n%s\n%-18s %12s %10s %10s %10s %10s %8s\n' "$title" "" "requests/s" "p50 ms" "p99 ms" "max ms" "not 2xx" "errors"
  : >"$work/nginx.$mode"
  : >"$work/bridge.$mode"
  for ((round = 0; round < rounds; ++round)); do
    for name in nginx bridge; do
      [[ $name == nginx ]] && port=$nginx_port || port=$bridge_port
      result=$(run "$name" "$port" "$mode")
      read -r rate p50 p99 max count bad errors <<<"$result"
      # Each run has ids of its own, also those that wrk made and did not get an answer for.
      next_id=$((next_id + count + 2 * connections))
      printf '%-18s %12s %10s %10s %10s %10s %8s\n' "$name" "$rate" "$p50" "$p99" "$max" "$bad" "$errors"
      echo "$rate $p99" >>"$work/$name.$mode"
      if ((bad > 0 || errors > 0)); then failures=1; fi
    done
  done
  for name in nginx bridge; do
    declare "${name}_rate=$(cut -d' ' -f1 "$work/$name.$mode" | median)"
    declare "${name}_p99=$(cut -d' ' -f2 "$work/$name.$mode" | median)"
  done
  awk -v b="$bridge_rate" -v n="$nginx_rate" -v bp="$bridge_p99" -v np="$nginx_p99" 'BEGIN {
    printf("median: bridge %d/s (p99 %.1f ms), nginx %d/s (p99 %.1f ms), ratio %.2f\n", b, bp, n, np, n ? b / n : 0) }'
done
((failures == 0)) || { echo "some answers were no 2xx, or connections failed; see the rows above" >&2; exit 1; }
