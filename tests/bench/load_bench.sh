#!/usr/bin/env bash
# How many notifications a second the load test's sender gets answered, against wrk, both by the same nginx that answers a
# constant 200, in turns, on this machine. The sender must not be what a load test measures.
#
#   tests/bench/load_bench.sh [BENCH_LOAD_SENDER]
#
#   ROUNDS=3  CONNECTIONS=128  COUNT=200000  notifications a round of the sender  DURATION=5s  a round of wrk
#   LEAST=0.5 exits 1 when the ratio of the medians is less
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
sender=${1:-$root/build/release/bin/bench_load_sender}
rounds=${ROUNDS:-3}
connections=${CONNECTIONS:-128}
count=${COUNT:-200000}
duration=${DURATION:-5s}
least=${LEAST:-0.5}

for tool in wrk nginx awk; do
  command -v "$tool" >/dev/null || { echo "needs $tool (apt-get install wrk nginx-light gawk)" >&2; exit 2; }
done
[[ -x $sender ]] || { echo "$sender is not there; build it with: ci/build release bench_load_sender" >&2; exit 2; }

# shellcheck source=servers.sh
source "$here/servers.sh"
start_nginx '1 accepted, 0 repeated, 0 not understood\n'
# wrk at its fastest: one request of the same size, made once, instead of a notification for each.
cat >"$work/post.lua" <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "text/xml"
wrk.body = string.rep("x", 1000)
function done(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print("RESULT", string.format("%d", summary.requests / summary.duration * 1000000), bad)
end
LUA

echo "$(nproc) processors, $connections connections; load average $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%-18s %12s %8s\n' "" "answers/s" "not 200"
: >"$work/wrk"
: >"$work/sender"
for ((round = 0; round < rounds; ++round)); do
  result=$(wrk -t1 -c"$connections" -d"$duration" -s "$work/post.lua" "http://127.0.0.1:$nginx_port/" |
    awk '$1 == "RESULT" { print $2, $3 }')
  printf '%-18s %12s %8s\n' wrk $result
  echo "${result% *}" >>"$work/wrk"
  result=$("$sender" "$nginx_port" "$count" "$connections")
  printf '%-18s %12s %8s\n' "load test's sender" $result
  [[ ${result#* } == 0 ]] || { echo "the sender has answers that are no 200" >&2; exit 1; }
  echo "${result% *}" >>"$work/sender"
done
awk -v s="$(median <"$work/sender")" -v w="$(median <"$work/wrk")" -v least="$least" 'BEGIN {
  printf("median: sender %d/s, wrk %d/s, ratio %.2f (at least %s)\n", s, w, s / w, least); exit s / w < least }'
