-- Refreshes the sessions of a file in turn, each with the token of the answer before. Usage: wrk ... -s refresh.lua URL -- TOKENS
dofile(os.getenv("WRK_SCRIPTS") .. "/common.lua") -- for the threads, and for the end, which is none of theirs

local queue, first, last = {}, 1, 0

local function push(token)
  last = last + 1
  queue[last] = token
end

function init(args)
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
