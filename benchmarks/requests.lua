-- wrk [...] -s requests.lua URL -- FILE STATUS START: sends the requests of FILE (parted by NUL bytes) in turn from that number on, and says
-- "RESULT requests seconds p50 p95 p99 others" with latencies in ms and the number of answers of another status.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local file = io.open(args[1], "rb")
  requests, expected, at, others = {}, tonumber(args[2]), tonumber(args[3]), 0
  for one in file:read("*a"):gmatch("[^%z]+") do
    requests[#requests + 1] = one
  end
  file:close()
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status)
  if status ~= expected then
    others = others + 1
  end
end

function done(summary, latency)
  local others = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do
    others = others + thread:get("others")
  end
  io.write(string.format("RESULT %d %f %f %f %f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, others))
end
