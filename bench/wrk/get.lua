-- Sends GET requests with the bearer tokens of a file in turn.
-- Usage: wrk ... -s get.lua URL -- [TOKENS [PAUSE_IN_MILLISECONDS]]  (TOKENS "-" for none)
-- The pause is a mean. wrk takes whole milliseconds, and connections with equal pauses would send all requests at once.
dofile(os.getenv("WRK_SCRIPTS") .. "/common.lua")

local pause = 0

function init(args)
  if args[1] and args[1] ~= "-" then
    local prepared = {}
    for i, token in ipairs(lines_of(args[1])) do
      prepared[i] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token })
    end
    request = in_turn(prepared)
  end
  pause = tonumber(args[2] or "0")
  if pause > 0 then
    delay = function() return math.random(0, 2 * pause) end
  end
end
