#!/usr/bin/env bash
# How many notifications a second the bridge acknowledges (each one synced to disk first), against nginx answering a
# constant 200 to the same requests. Both are driven by wrk, in turns, on this machine.
#
#   tests/bench/intake_bench.sh [BRIDGE_BINARY]
#
#   ROUNDS=3        runs of each       DURATION=10s     length of a run
#   CONNECTIONS=128 wrk's connections  ATTACKERS=4096   different attackers among the notifications
#   MODES="keep close tls"                          which of the three kinds of connections
#   KEEP=1          leave the directory with configurations, logs and store
#
# Prints a row for each run, then the medians and their ratio: with kept connections, with a connection for each
# notification, as appliances do it, and the same over TLS, where each makes a whole handshake (RSA 2048). Exits 1 when an answer was no 2xx or a connection failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bridge=${1:-$root/build/release/bin/firebreak-bridge}
rounds=${ROUNDS:-3}
duration=${DURATION:-10s}
connections=${CONNECTIONS:-128}
attackers=${ATTACKERS:-4096}
modes=${MODES:-keep close tls}

for tool in wrk nginx awk openssl; do
  command -v "$tool" >/dev/null || { echo "needs $tool (apt-get install wrk nginx-light gawk openssl)" >&2; exit 2; }
done
[[ -x $bridge ]] || { echo "$bridge is not there; build it with: cmake --preset release && ninja -C build/release firebreak-bridge" >&2; exit 2; }

# shellcheck source=servers.sh
source "$here/servers.sh"

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 2 -keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null
start_nginx '1 accepted, 0 repeated, 0 not understood\n' tls

bridge_port=$(free_port)
bridge_tls_port=$(free_port)
printf 'bench-only' >"$work/password"
printf 'unused' >"$work/key"
chmod 600 "$work/password" "$work/key"
start_bridge() {  # name, port, further keys of the intake
  # The target is a port where nobody listens: blocks are decided, stored and wait, as while a firewall is down.
  cat >"$work/$1.yaml" <<CONF
intake:
  listen: 127.0.0.1:$2
  users: {fireeye: {password_file: $work/password}}
$3
store: $work/$1.db
policy:
  max_new_blocks_per_minute: 0
targets:
  nowhere: {kind: panos, url: "https://127.0.0.1:9", api_key_file: $work/key, insecure: true}
operate: {socket: $work/$1.socket, log: {level: warning}}
CONF
  "$bridge" run --config "$work/$1.yaml" >"$work/$1.log" 2>&1 &
  pids+=($!)
  await "$2" firebreak-bridge "$work/$1.log"
}
start_bridge bridge "$bridge_port" ""
start_bridge bridge-tls "$bridge_tls_port" "  tls: {certificate: $work/tls.pem, key: $work/tls.key}"

next_id=0
failures=0
run() {  # name, URL, keep|close; prints wrk's RESULT fields
  local result
  result=$(wrk -t1 -c"$connections" -d"$duration" -s "$here/notifications.lua" "$2" -- \
    "$next_id" "$attackers" "$3" | awk '$1 == "RESULT" { $1 = ""; print substr($0, 2) }')
  [[ -n $result ]] || { echo "wrk gave no result for $1" >&2; exit 2; }
  echo "$result"
}

echo "$(nproc) processors, $connections connections, $duration a run; store on $(df --output=fstype "$work" | tail -n 1)"
for mode in $modes; do
  case $mode in
    keep) title="kept connections" ;;
    close) title="one connection for each notification" ;;
    tls) title="one connection for each notification, over TLS" ;;
  esac
  printf '\n%s\n%-18s %12s %10s %10s %10s %10s %8s\n' "$title" "" "requests/s" "p50 ms" "p99 ms" "max ms" "not 2xx" "errors"
  : >"$work/nginx.$mode"
  : >"$work/bridge.$mode"
  for ((round = 0; round < rounds; ++round)); do
    for name in nginx bridge; do
      [[ $name == nginx ]] && port=$nginx_port || port=$bridge_port
      url=http://127.0.0.1:$port/
      if [[ $mode == tls ]]; then
        [[ $name == nginx ]] && port=$nginx_tls_port || port=$bridge_tls_port
        url=https://127.0.0.1:$port/
      fi
      result=$(run "$name" "$url" "$([[ $mode == keep ]] && echo keep || echo close)")
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
