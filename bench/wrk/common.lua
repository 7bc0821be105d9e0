-- The functions that the other scripts share. Each thread and the main program load them. The main program calls done.

function lines_of(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return lines
end

-- Returns a function that returns the items in turn, without end.
function in_turn(items)
  local next = 0
  return function()
    next = next % #items + 1
    return items[next]
  end
end

-- Prints the result as one line of JSON.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d,'
      .. '"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
