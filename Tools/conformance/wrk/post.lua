-- Posts the bytes of a file, again and again, and prints what came of it as one line of JSON.
--
--   wrk -s post.lua [-H 'Name: value'] URL -- FILE [MILLISECONDS]
--
-- With MILLISECONDS, each connection waits between its requests, that long in the mean.

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  file:close()
  local mean = tonumber(args[2])
  if mean then
    function delay()
      return math.floor(-mean * math.log(1 - math.random()) + 0.5)
    end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.3f, "per_second": %.1f, "p50_ms": %.3f, "p99_ms": %.3f, ' ..
    '"max_ms": %.3f, "not_2xx": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}',
    summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
