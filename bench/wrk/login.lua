-- Signs in the accounts of a file in turn. Usage: wrk ... -s login.lua URL -- EMAILS PASSWORD
dofile(os.getenv("WRK_SCRIPTS") .. "/common.lua") -- for the threads, and for the end, which is none of theirs

function init(args)
  local prepared = {}
  for i, email in ipairs(lines_of(args[1])) do
    prepared[i] = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, '{"email":"' .. email .. '","password":"' .. args[2] .. '"}')
  end
  request = in_turn(prepared)
end
