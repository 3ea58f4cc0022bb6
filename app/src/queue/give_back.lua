-- Returns the jobs of a batch to the head of the queue, in their order.
-- KEYS: the queue, the leases, the batch, the dead letters. ARGV: the batch's id; the time now in ms, or "" when the
-- holder itself gives back; the most attempts. A lease that ran out costs an attempt; a worker that returns its
-- batch does not. Answers how many jobs went back, or -1 when the lease is not there or has not run out.
local deadline = redis.call("ZSCORE", KEYS[2], ARGV[1])
if not deadline or (ARGV[2] ~= "" and tonumber(deadline) > tonumber(ARGV[2])) then
  return -1
end
redis.call("ZREM", KEYS[2], ARGV[1])
local entries = redis.call("LRANGE", KEYS[3], 0, -1)
local returned = 0
for i = #entries, 1, -1 do
  local entry = entries[i]
  if ARGV[2] == "" then
    redis.call("LPUSH", KEYS[1], entry)
    returned = returned + 1
  else
    local attempt, rest = string.match(entry, "^(%d+) (.*)$")
    attempt = tonumber(attempt or 0) + 1
    if attempt > tonumber(ARGV[3]) or not rest then
      redis.call("RPUSH", KEYS[4], ARGV[2] .. " its workers ended before it was done\t" .. entry)
    else
      redis.call("LPUSH", KEYS[1], attempt .. " " .. rest)
      returned = returned + 1
    end
  end
end
redis.call("DEL", KEYS[3])
return returned
