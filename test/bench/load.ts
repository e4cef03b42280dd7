// One stretch of load by wrk. Every client is a thread of its own with one connection, so that each
// answer can be held against the very request that it belongs to: a value of another tenant is seen.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { TENANT_FACTOR } from "./names.ts";

/** What to send where. */
export interface LoadOptions {
  /** A TCP port of 127.0.0.1. */
  readonly port: number;
  readonly clients: number;
  readonly seconds: number;
  /** A script made by {@link loadScript}. */
  readonly scriptFile: string;
  /** Ends the load early. */
  readonly signal: AbortSignal;
}

/** What came back. */
export interface Load {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers with the expected value. */
  readonly right: number;
  /** Answers of status 200 with another value. */
  readonly foreign: number;
  /** Answers of another status, and requests that had none. */
  readonly errors: number;
}

/**
 * The script for wrk: reads a random key of a random tenant with each request.
 * @param constant the value to expect instead of the tenant's own
 */
export function loadScript(tenants: number, keys: number, constant?: number): string {
  const expected = constant ?? `tenant * ${TENANT_FACTOR} + key`;
  return `
local threads = {}
function setup(thread)
  table.insert(threads, thread)
  thread:set("seed", os.time() * 1000 + #threads)
end
function init()
  math.randomseed(seed)
  right, foreign = 0, 0
end
function request()
  local tenant, key = math.random(1, ${tenants}), math.random(1, ${keys})
  expected = ${expected}
  return wrk.format("GET", "/data/get/" .. key, { Host = "t" .. tenant .. ".example.com" })
end
function response(status, headers, body)
  if status ~= 200 then return end
  if tonumber(body:match('"value":(%d+)')) == expected then
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

/**
 * Runs wrk once.
 * @throws {Error} when wrk is missing, fails, or is ended by the signal
 */
export async function runLoad(options: LoadOptions): Promise<Load> {
  const { port, clients, seconds, scriptFile, signal } = options;
  const count = String(clients);
  const url = `http://127.0.0.1:${port}/`;
  const parameters = ["-t", count, "-c", count, "-d", `${seconds}s`, "-s", scriptFile, url];
  const output = await runWrk(parameters, signal);
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`Cannot read the load's result: wrk said\n${output}`);
  const found = JSON.parse(line) as Record<"us" | "p50Us" | "p99Us", number> & Load;
  return {
    requests: found.requests,
    requestsPerSecond: (found.requests / found.us) * 1e6,
    p50Ms: found.p50Us / 1000,
    p99Ms: found.p99Us / 1000,
    right: found.right,
    foreign: found.foreign,
    errors: found.errors,
  };
}

/** The version that wrk says it has. */
export async function readWrkVersion(signal: AbortSignal): Promise<string> {
  return /^wrk (\S+)/.exec(await runWrk(["-v"], signal))?.[1] ?? "unknown";
}

/** Resolves to what it printed, whatever its exit status: with `-v` that is 1. */
async function runWrk(parameters: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn("wrk", parameters, { signal, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  try {
    await once(child, "close");
  } catch (error) {
    if (Object(error)["code"] !== "ENOENT") throw error;
    throw new Error("Cannot find wrk: it is not installed\nType: apt-get install wrk", {
      cause: error,
    });
  }
  return output;
}
