-- Refreshes the sessions of a file in turn, each with the token of the answer before.
-- Usage: wrk ... -s refresh.lua URL -- TOKENS [UNUSED]
-- At the end it writes the tokens that it has not used to UNUSED. Requests without an answer by then lose their tokens.
dofile(os.getenv("WRK_SCRIPTS") .. "/common.lua")

-- Global, because the main program reads these from the thread.
queue, first, last, unused = {}, 1, 0, nil

local function push(token)
  last = last + 1
  queue[last] = token
end

function init(args)
  unused = args[2]
  for _, token in ipairs(lines_of(args[1])) do
    push(token)
  end
end

function request()
  local token = queue[first]
  queue[first] = nil
  first = first + 1
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, '{"refreshToken":"' .. token .. '"}')
end

function response(status, headers, body)
  if status == 200 then
    push(body:match('"refreshToken":"([^"]+)"'))
  end
end

local thread

function setup(one)
  thread = one -- the runs have one thread
end

local print_result = done

function done(summary, latency, requests)
  print_result(summary, latency, requests)
  local path = thread:get("unused")
  if path then
    local file = assert(io.open(path, "w"))
    for _, token in pairs(thread:get("queue")) do
      file:write(token, "\n")
    end
    file:close()
  end
end
