-- Ends a lease: its batch is done, but for the jobs that are to be tried later and those that are given up.
-- KEYS: the leases, the batch, the delayed times, the delayed entries, the dead letters, the counts.
-- ARGV: the batch's id, how many are done, how many come later; for each of those its id, its time in ms and
-- its entry; then the dead letters. Answers 0, and does nothing, when the lease is no longer held.
if redis.call("ZREM", KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call("DEL", KEYS[2])
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  redis.call("ZADD", KEYS[3], ARGV[at + 1], ARGV[at])
  redis.call("HSET", KEYS[4], ARGV[at], ARGV[at + 2])
  at = at + 3
end
local dead = #ARGV - at + 1
for i = at, #ARGV do
  redis.call("RPUSH", KEYS[5], ARGV[i])
end
redis.call("HINCRBY", KEYS[6], "completed", ARGV[2])
if dead > 0 then
  redis.call("HINCRBY", KEYS[6], "failed", dead)
end
return 1
