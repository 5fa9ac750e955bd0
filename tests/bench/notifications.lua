-- wrk script: posts malware-callback notifications of about 1 KB, each with an alert id of its own and one of many
-- attackers. Everything but the id is rendered once. Arguments after "--": first id, number of attackers,
-- "keep" or "close".
local first_id = 0
local attackers_max = 4096
local close = false

local function render(attacker, id)
  return '<?xml version="1.0" encoding="utf-8"?><alerts appliance="nx1.example.com" appliance-id="000BABDDC3B9" '
    .. 'msg="normal" product="Web MPS" version="9.0.0.12345" xmlns="http://www.fireeye.com/alert/2014/AlertSchema">'
    .. '<alert id="' .. id .. '" name="malware-callback" severity="crit"><explanation protocol="tcp">'
    .. '<malware-detected><malware name="Trojan.Bench" sid="80000001" stype="bot-command"/></malware-detected>'
    .. '<cnc-services><cnc-service port="443" protocol="tcp"><address>' .. attacker .. '</address>'
    .. '<channel>POST /gate.php HTTP/1.1::~~Host: ' .. attacker .. '::~~User-Agent: bench/1.0::~~::~~</channel>'
    .. '</cnc-service></cnc-services></explanation>'
    .. '<src vlan="0"><ip>192.0.2.10</ip><host>pc10.example.com</host><port>49193</port><mac>00:0c:29:00:00:01</mac></src>'
    .. '<dst><ip>' .. attacker .. '</ip><port>443</port><mac>00:50:56:00:00:01</mac></dst>'
    .. '<occurred>2024-05-01T10:00:00Z</occurred><interface mode="tap" label="A1">pether3</interface>'
    .. '<alert-url>https://nx1.example.com/event_stream/events_for_bot?ev_id=' .. id .. '</alert-url>'
    .. '<action>notified</action></alert></alerts>'
end

-- IPv6 documentation addresses: as many as one likes, and none that is anybody's.
local function attacker_of(n)
  return string.format("2001:db8::%x:%x", 1 + math.floor(n / 65536), 1 + n % 65536)
end

local head, parts = nil, {}
local next_id = 0

function init(args)
  first_id = tonumber(args[1]) or first_id
  attackers_max = tonumber(args[2]) or attackers_max
  close = args[3] == "close"
  head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\n"
    .. "User-Agent: curl/7.29.0\r\nAccept: */*\r\n"
    .. "Authorization: Basic ZmlyZWV5ZTpiZW5jaC1vbmx5\r\n"  -- fireeye:bench-only
    .. "Content-Type: text/xml\r\n" .. (close and "Connection: close\r\n" or "")
  for n = 0, attackers_max - 1 do
    local text = render(attacker_of(n), "@@@@@@@@@")  -- ids have nine digits, so the length is known
    local whole = head .. "Content-Length: " .. #text .. "\r\n\r\n" .. text
    local before, middle, after = whole:match("^(.-)@@@@@@@@@(.-)@@@@@@@@@(.*)$")
    parts[n] = {before, middle, after}
  end
  next_id = first_id
end

function request()
  local id = string.format("%09d", 100000000 + next_id)
  local part = parts[next_id % attackers_max]
  next_id = next_id + 1
  return part[1] .. id .. part[2] .. id .. part[3]
end

-- requests per second, p50, p99 and max in ms, requests, answers that were no 2xx, socket errors
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %.3f %.3f %.3f %d %d %d\n",
    summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
