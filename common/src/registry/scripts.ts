import type { Result } from 'ioredis';

/**
 * All that changes the registry in Redis, each one atomic. Under one group's keys:
 *
 *   devices       hash   person → the pods that hold a device of theirs; and ':epoch' → the run of Redis it is complete in
 *   leases        zset   pod → when its lease runs out, by the clock of Redis
 *   pod:<pod>     hash   incarnation (of its registration), seen (last renewal, by the clock of the pod), keeps (departures)
 *   people:<pod>  set    who has a device on it
 *   before:<pod>  set    the same, as an earlier registration left it, until the new one is whole
 *   registering   set    pods whose registration is not whole yet
 *   departed      zset   person → since when no device is left
 *   begun         string the run of Redis and since when its pods register anew
 *
 * The epoch lives in the same key as the devices, so that neither can be evicted, flushed or lost without the other.
 */
const PRELUDE = `
local base, pod, incarnation = KEYS[1], ARGV[1], ARGV[2]
local devices, leases, registering, departed, begun = base .. 'devices', base .. 'leases', base .. 'registering', base .. 'departed', base .. 'begun'

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function enter(person, name)
  if redis.call('HSETNX', devices, person, name) == 0 then
    local pods = redis.call('HGET', devices, person)
    if not string.find(',' .. pods .. ',', ',' .. name .. ',', 1, true) then redis.call('HSET', devices, person, pods .. ',' .. name) end
  end
  redis.call('ZREM', departed, person)
end
local function leave(person, name, since, keeps)
  local pods = redis.call('HGET', devices, person)
  if not pods then return end
  local left = {}
  for other in string.gmatch(pods, '[^,]+') do
    if other ~= name then left[#left + 1] = other end
  end
  if #left > 0 then
    redis.call('HSET', devices, person, table.concat(left, ','))
  else
    redis.call('HDEL', devices, person)
    -- A pod whose clock is ahead would have them depart in the future, and be here until then.
    if keeps == '1' then redis.call('ZADD', departed, math.min(since, now()), person) end
  end
end
local function leaveAll(set, name, since, keeps)
  for _, person in ipairs(redis.call('SMEMBERS', set)) do leave(person, name, since, keeps) end
  redis.call('DEL', set)
end
local function forget(name)
  local seen, keeps = unpack(redis.call('HMGET', base .. 'pod:' .. name, 'seen', 'keeps'))
  leaveAll(base .. 'people:' .. name, name, seen or 0, keeps)
  leaveAll(base .. 'before:' .. name, name, seen or 0, keeps)
  redis.call('DEL', base .. 'pod:' .. name)
  redis.call('ZREM', leases, name)
  redis.call('SREM', registering, name)
end
-- What an earlier registration still had on its way must not undo what this one has said.
local function ours()
  return redis.call('HGET', base .. 'pod:' .. pod, 'incarnation') == incarnation and redis.call('ZSCORE', leases, pod)
end
`;

/** ARGV: pod, incarnation, seen, keeps, lease. Answers whether the pod held its lease. Removes nobody: see `end`. */
const BEGIN = `${PRELUDE}
local held = redis.call('ZSCORE', leases, pod)
redis.call('HSET', base .. 'pod:' .. pod, 'incarnation', incarnation, 'seen', ARGV[3], 'keeps', ARGV[4])
redis.call('ZADD', leases, now() + ARGV[5], pod)
redis.call('SADD', registering, pod)
redis.call('SUNIONSTORE', base .. 'before:' .. pod, base .. 'before:' .. pod, base .. 'people:' .. pod)
redis.call('DEL', base .. 'people:' .. pod)
return held and 1 or 0
`;

/** ARGV: pod, incarnation, the number of who enters, who enters …, then who leaves and since when … */
const CHANGE = `${PRELUDE}
if not ours() then return 0 end
local people, before, keeps = base .. 'people:' .. pod, base .. 'before:' .. pod, redis.call('HGET', base .. 'pod:' .. pod, 'keeps')
local entering = tonumber(ARGV[3])
for i = 4, 3 + entering do
  enter(ARGV[i], pod)
  redis.call('SADD', people, ARGV[i])
  redis.call('SREM', before, ARGV[i])
end
for i = 4 + entering, #ARGV, 2 do
  leave(ARGV[i], pod, ARGV[i + 1], keeps)
  redis.call('SREM', people, ARGV[i])
  redis.call('SREM', before, ARGV[i])
end
return 1
`;

/** ARGV: pod, incarnation, seen. The registration is whole: who was here before and is no more leaves now. */
const END = `${PRELUDE}
if not ours() then return 0 end
leaveAll(base .. 'before:' .. pod, pod, ARGV[3], redis.call('HGET', base .. 'pod:' .. pod, 'keeps'))
redis.call('SREM', registering, pod)
return 1
`;

/**
 * ARGV: pod, incarnation, seen, lease, the number of people it has registered, the run of Redis. Renews the lease, reaps
 * the pods whose own ran out, and completes the epoch a whole lease after the first pod of this run registered: who has
 * not registered by then holds no lease. Answers whether the pod is registered as it believes, and whether the epoch is complete.
 */
const RENEW = `${PRELUDE}
local registered = ours() and redis.call('SCARD', base .. 'people:' .. pod) == tonumber(ARGV[5])
if registered then
  redis.call('ZADD', leases, now() + ARGV[4], pod)
  redis.call('HSET', base .. 'pod:' .. pod, 'seen', ARGV[3])
end
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. now(), 'LIMIT', 0, 10)) do forget(dead) end

local run, complete = ARGV[6], 1
if redis.call('HGET', devices, ':epoch') ~= run then
  local since = string.match(redis.call('GET', begun) or '', '^' .. run .. ' (%d+)$')
  if not since then
    redis.call('SET', begun, run .. ' ' .. string.format('%.0f', now()))
    complete = 0
  elseif now() - since < tonumber(ARGV[4]) or redis.call('SCARD', registering) > 0 then
    complete = 0
  else
    redis.call('HSET', devices, ':epoch', run)
    redis.call('DEL', begun)
  end
end
return { registered and 1 or 0, complete }
`;

/** ARGV: pod, incarnation, seen. */
const GOODBYE = `${PRELUDE}
if not ours() then return 0 end
redis.call('HSET', base .. 'pod:' .. pod, 'seen', ARGV[3])
forget(pod)
return 1
`;

/** ARGV: person, since, person, since … */
const SETTLE = `
local departed = KEYS[1] .. 'departed'
for i = 1, #ARGV, 2 do
  if tonumber(redis.call('ZSCORE', departed, ARGV[i]) or 'nan') == tonumber(ARGV[i + 1]) then redis.call('ZREM', departed, ARGV[i]) end
end
return 1
`;

export const EPOCH_FIELD = ':epoch';

const script = (lua: string) => ({ lua, numberOfKeys: 1 });
export const scripts = {
  registryBegin: script(BEGIN),
  registryChange: script(CHANGE),
  registryEnd: script(END),
  registryRenew: script(RENEW),
  registryGoodbye: script(GOODBYE),
  registrySettle: script(SETTLE),
};

type Arguments = (string | number)[];
declare module 'ioredis' {
  interface RedisCommander<Context> {
    registryBegin(base: string, ...args: Arguments): Result<0 | 1, Context>;
    registryChange(base: string, ...args: Arguments): Result<0 | 1, Context>;
    registryEnd(base: string, ...args: Arguments): Result<0 | 1, Context>;
    registryRenew(base: string, ...args: Arguments): Result<[0 | 1, 0 | 1], Context>;
    registryGoodbye(base: string, ...args: Arguments): Result<0 | 1, Context>;
    registrySettle(base: string, ...args: Arguments): Result<1, Context>;
  }
}
