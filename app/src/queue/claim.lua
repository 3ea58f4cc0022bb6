-- Moves the oldest jobs of the queue to a batch under lease.
-- KEYS: the queue, the leases, the batch. ARGV: how many at most, the batch's id, the lease's end in ms.
local entries = redis.call("LPOP", KEYS[1], ARGV[1])
if not entries then
  return {}
end
for i = 1, #entries, 1000 do
  redis.call("RPUSH", KEYS[3], unpack(entries, i, math.min(i + 999, #entries)))
end
redis.call("ZADD", KEYS[2], ARGV[3], ARGV[2])
return entries
