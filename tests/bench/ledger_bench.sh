#!/usr/bin/env bash
# What many active blocks cost the bridge: resident memory, the time from start to ready, and the time of a status page.
#
#   tests/bench/ledger_bench.sh [BUILD_FOLDER]      build/release unless said
#
#   BLOCKS=100000    active blocks        FIREWALL=1   with a mock firewall that has them all (else one that is away);
#                                                      then its whole list is read and compared after the start
#   RSS_MAX=96       MB                   READY_MAX=2000, STATUS_MAX=100   ms
#   KEEP=1           leave the directory
#
# Exits 1 when a bound is broken. The bridge is the one that ships; build it with the preset `release`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${1:-$root/build/release}/bin
blocks=${BLOCKS:-100000}
for program in firebreak-bridge bench_fill_store ${FIREWALL:+firebreak-lab}; do
  [[ -x $bin/$program ]] || { echo "$bin/$program is not there; build it first" >&2; exit 2; }
done

# shellcheck source=servers.sh
source "$here/servers.sh"

ms() { date +%s%3N; }
megabytes() { awk -v key="$2:" '$1 == key { printf("%.1f", $2 / 1024) }' "/proc/$1/status"; }

url=https://127.0.0.1:9
printf 'unused' >"$work/key"
if [[ -n ${FIREWALL:-} ]]; then
  api_port=$(free_port)
  control_port=$(free_port)
  python3 "$here/firewall_with_blocks.py" "$blocks" >"$work/running.xml"
  "$bin/firebreak-lab" panos --plain --listen "127.0.0.1:$api_port" --control "127.0.0.1:$control_port" --user admin:admin \
    --user firebreak:pw --commit-time 1s --load "$work/running.xml" >"$work/panos.json" 2>"$work/panos.log" &
  pids+=($!)
  await "$api_port" firebreak-lab "$work/panos.log"
  url=http://127.0.0.1:$api_port
  printf 'pw' >"$work/password"
fi
operate_port=$(free_port)
{
  echo "intake: {listen: 127.0.0.1:0}"
  echo "store: $work/bridge.db"
  # The blocks' addresses are those for benchmarks, which are taken off a firewall unless one says so.
  echo "policy: {max_new_blocks_per_minute: 0, allow_builtin: false}"
  if [[ -n ${FIREWALL:-} ]]; then
    echo "targets: {hq: {kind: panos, url: \"$url\", user: firebreak, password_file: password, group_members_max: 100000}}"
  else
    echo "targets: {hq: {kind: panos, url: \"$url\", api_key_file: key, insecure: true, group_members_max: 100000}}"
  fi
  echo "operate: {listen: 127.0.0.1:$operate_port, log: {level: warning}}"
} >"$work/bridge.yaml"

"$bin/bench_fill_store" "$work/bridge.db" "$blocks" >/dev/null
echo "$(nproc) processors; $blocks blocks; store of $(du -m "$work/bridge.db" | cut -f1) MB"

failed=0
bound() {  # what, figure, bound, unit
  printf '%-34s %8s %-3s (at most %s)\n' "$1" "$2" "$4" "$3"
  awk -v a="$2" -v b="$3" 'BEGIN { exit !(a > b) }' && failed=1
  return 0
}

# Each comparison with the firewall asks for the bridge's objects once.
comparisons() {
  curl -s "http://127.0.0.1:$control_port/requests?from=0" |
    python3 -c 'import json, sys
print(sum(r["action"] == "get" and "/address/" in r["xpath"] for r in json.load(sys.stdin)["requests"]))'
}

pages=0 slowest=0
status_page() {
  local took
  took=$(curl -s -o "$work/status.json" -w '%{time_total}' "http://127.0.0.1:$operate_port/status")
  pages=$((pages + 1))
  slowest=$(awk -v a="$slowest" -v b="$took" 'BEGIN { t = b * 1000; printf("%.1f", t > a ? t : a) }')
}

# Asks for one status page after the other from before the comparison until some time after it.
await_compared() {  # how many comparisons there were before the start
  local tries=0
  until (($(comparisons) > $1)) && grep -q '"state":"idle"' "$work/status.json"; do
    tries=$((tries + 1))
    ((tries <= 3000)) || not_compared "does not compare its blocks with the firewall"
    status_page
  done
  grep -q "\"enforced\":$blocks," "$work/status.json" || not_compared "has not all of its blocks enforced"
  for ((i = 0; i < 100; ++i)); do status_page; done
}

not_compared() {  # what is wrong
  echo "the bridge $1; its status and its log say:" >&2
  head -c 2000 "$work/status.json" >&2
  tail -n 20 "$work/bridge.log" >&2
  exit 2
}

for ((round = 1; round <= 3; ++round)); do
  mkfifo "$work/ready.$round"
  [[ -z ${FIREWALL:-} ]] || before=$(comparisons)
  begin=$(ms)
  "$bin/firebreak-bridge" run --config "$work/bridge.yaml" --ready-fd 7 7>"$work/ready.$round" >"$work/bridge.log" 2>&1 &
  pid=$!
  pids+=("$pid")
  read -r line <"$work/ready.$round" || line=
  ready=$(($(ms) - begin))
  [[ -n $line ]] || { cat "$work/bridge.log" >&2; exit 2; }
  pages=0 slowest=0
  for ((i = 0; i < 20; ++i)); do status_page; done
  [[ -z ${FIREWALL:-} ]] || await_compared "$before"
  echo "start $round"
  bound "  ready after" "$ready" "${READY_MAX:-2000}" ms
  bound "  slowest of $pages status pages" "$slowest" "${STATUS_MAX:-100}" ms
  bound "  resident now" "$(megabytes "$pid" VmRSS)" "${RSS_MAX:-96}" MB
  bound "  resident at most" "$(megabytes "$pid" VmHWM)" "${RSS_MAX:-96}" MB
  kill "$pid"
  wait "$pid" || true
done
exit $failed
