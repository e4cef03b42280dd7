// What wrk sends, as its script in Lua. A thread has one connection, so what an answer must be is what
// the thread's last request asked for: a value of another tenant is seen even when it was asked for by
// another client at the same moment.

import { TENANT_FACTOR } from "../names.ts";
import { zipfPick } from "./zipf.ts";

/** What a request does: reads a key, writes a key, or inserts {@link BATCH_ROWS} new keys. */
export type Work = "reads" | "writes" | "batches";

/** Rows of one batch. */
export const BATCH_ROWS = 50;

/** How requests are spread over the tenants: all alike, or by Zipf's law. */
export type Traffic = "uniform" | "zipf";

/** What {@link formatScript} needs to know. */
export interface ScriptOptions {
  readonly work: Work;
  readonly tenants: number;
  readonly keys: number;
  /** Who asks: all tenants alike when left out, or a few much and many little. */
  readonly traffic?: Traffic;
  /** The value to expect instead of the tenant's own. */
  readonly constant?: number | undefined;
}

// Keys of batches begin above those that are read, each thread's far from the others'.
const KEYS_PER_THREAD = 8_000_000;
// A later run begins above those of the one before.
const KEYS_PER_SECOND = KEYS_PER_THREAD / 1000;

/**
 * Writes the script. It prints one line, `RESULT` and JSON. Everything written tells its tenant: the value
 * is the tenant's number times {@link TENANT_FACTOR}, plus something less.
 */
export function formatScript(options: ScriptOptions): string {
  const { work, tenants, keys, traffic, constant } = options;
  const requests: Record<Work, string> = {
    reads: `
  local key = random(1, ${keys})
  expected = ${constant ?? `tenant * ${TENANT_FACTOR} + key`}
  return "GET /data/get/" .. key .. " HTTP/1.1\\r\\nHost: t" .. tenant .. ".example.com\\r\\n\\r\\n"`,
    writes: `
  local key = random(1, ${keys})
  expected = tenant * ${TENANT_FACTOR} + key
  return format("PUT /data/" .. key, tenant, '{"value":' .. expected .. "}")`,
    batches: `
  local pairs = {}
  for index = 1, ${BATCH_ROWS} do
    pairs[index] = '{"key":' .. next_key .. ',"value":' .. tenant * ${TENANT_FACTOR} + index .. "}"
    next_key = next_key + 1
  end
  expected = ${BATCH_ROWS}
  return format("POST /data", tenant, "[" .. table.concat(pairs, ",") .. "]")`,
  };
  return `
local threads, random = {}, math.random
${traffic === "zipf" ? zipfPick(tenants) : `local function pick() return random(1, ${tenants}) end`}
function setup(thread)
  table.insert(threads, thread)
  thread:set("seed", os.time() * 1000 + #threads)
  thread:set("next_key", ${keys + 1} + #threads * ${KEYS_PER_THREAD} + os.time() % 1000 * ${KEYS_PER_SECOND})
end
function init()
  math.randomseed(seed)
  right, foreign = 0, 0
end
local function format(target, tenant, body)
  return target .. " HTTP/1.1\\r\\nHost: t" .. tenant .. ".example.com\\r\\n" ..
    "Content-Type: application/json\\r\\nContent-Length: " .. #body .. "\\r\\n\\r\\n" .. body
end
function request()
  local tenant = pick()${requests[work]}
end
function response(status, headers, body)
  if status ~= 200 and status ~= 201 then return end
  if tonumber(body:match('"${work === "batches" ? "inserted" : "value"}":(%d+)')) == expected then
    right = right + 1
  else
    foreign = foreign + 1
  end
end
function done(summary, latency)
  local all = { right = 0, foreign = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(all) do all[name] = all[name] + thread:get(name) end
  end
  local errors = 0
  for _, count in pairs(summary.errors) do errors = errors + count end
  print(string.format('RESULT {"requests":%d,"us":%d,"p50Us":%d,"p99Us":%d,' ..
    '"right":%d,"foreign":%d,"errors":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), all.right, all.foreign, errors))
end
`;
}
