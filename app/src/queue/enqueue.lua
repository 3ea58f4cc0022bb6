-- Appends jobs to the queue; a job that the client named only if its name is new.
-- KEYS: the queue. ARGV: how long names are remembered, in ms; then for each job its name's key or "",
-- its fingerprint, and its entry. Answers for each job 1 (new), 0 (the same came before) or -1 (another did).
local answers, entries = {}, {}
for i = 2, #ARGV, 3 do
  local name, fingerprint, entry = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local answer = 1
  if name ~= "" then
    local earlier = redis.call("SET", name, fingerprint, "NX", "GET", "PX", ARGV[1])
    if earlier then
      answer = earlier == fingerprint and 0 or -1
    end
  end
  if answer == 1 then
    entries[#entries + 1] = entry
  end
  answers[#answers + 1] = answer
end
-- unpack() puts its values on a stack that is not without end.
for i = 1, #entries, 1000 do
  redis.call("RPUSH", KEYS[1], unpack(entries, i, math.min(i + 999, #entries)))
end
return answers
