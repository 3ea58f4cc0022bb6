-- Moves delayed jobs whose time has come to the queue.
-- KEYS: the queue, the delayed times, the delayed entries. ARGV: the time now in ms, how many at most.
local due = redis.call("ZRANGE", KEYS[2], "-inf", ARGV[1], "BYSCORE", "LIMIT", 0, ARGV[2])
for _, id in ipairs(due) do
  local entry = redis.call("HGET", KEYS[3], id)
  if entry then
    redis.call("RPUSH", KEYS[1], entry)
  end
  redis.call("ZREM", KEYS[2], id)
  redis.call("HDEL", KEYS[3], id)
end
return #due
