-- Signs in the accounts of a file in turn. Usage: wrk ... -s login.lua URL -- EMAILS PASSWORD
dofile(os.getenv("WRK_SCRIPTS") .. "/common.lua")

function init(args)
  local headers, prepared = { ["Content-Type"] = "application/json" }, {}
  for i, email in ipairs(lines_of(args[1])) do
    prepared[i] = wrk.format("POST", nil, headers, '{"email":"' .. email .. '","password":"' .. args[2] .. '"}')
  end
  request = in_turn(prepared)
end
