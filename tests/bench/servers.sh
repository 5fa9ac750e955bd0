# Sourced by the benchmarks: a working directory, servers that end with the script, and nginx as the yardstick.

work=$(mktemp -d "${TMPDIR:-/tmp}/firebreak-bench.XXXXXX")
pids=()
finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [[ -n ${KEEP:-} ]]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    listens "$port" || { echo "$port"; return; }
  done
}

await() {  # port, name, log
  local tries=0
  until listens "$1"; do
    tries=$((tries + 1))
    if ((tries > 200)); then
      echo "$2 does not listen; its log says:" >&2
      tail -n 20 "$3" >&2
      exit 2
    fi
    sleep 0.05
  done
}

# start_nginx TEXT [tls]: nginx with one worker answers TEXT to everything; sets nginx_port, and with `tls`
# nginx_tls_port, where the certificate is $work/tls.pem with the key $work/tls.key.
start_nginx() {
  local tls_server=""
  nginx_port=$(free_port)
  if [[ ${2:-} == tls ]]; then
    nginx_tls_port=$(free_port)
    tls_server="  server {
    listen 127.0.0.1:$nginx_tls_port ssl;
    ssl_certificate $work/tls.pem;
    ssl_certificate_key $work/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { default_type text/plain; return 200 \"$1\"; }
  }"
  fi
  cat >"$work/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log crit;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  server {
    listen 127.0.0.1:$nginx_port;
    location / { default_type text/plain; return 200 "$1"; }
  }
$tls_server
}
CONF
  nginx -c "$work/nginx.conf" >"$work/nginx.out" 2>&1 &
  pids+=($!)
  await "$nginx_port" nginx "$work/nginx.out"
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
