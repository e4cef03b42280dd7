// A service as a program of its own, of whose log only what it says of failures is kept.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../support/network/free-port.ts";
import { inheritedVariables } from "../support/program/run.ts";
import { type HttpAnswer, sendHttp } from "../support/program/service.ts";
import { until } from "../support/until.ts";

/** A service that runs. Whoever started it stops it. */
export interface Program {
  /** The SQLSTATE that its log has for each request that it answered 500, by the request's id. */
  readonly states: ReadonlyMap<string, string>;
  /** What it printed beside that, such as a crash. */
  readonly complaints: readonly string[];
  request(host: string, method: string, path: string, body?: string): Promise<HttpAnswer>;
  /** Lets what runs end, and ends it. */
  stop(): Promise<void>;
}

/** Starts it and waits until it serves. */
export async function startProgram(
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [fileURLToPath(new URL("service.js", import.meta.url))], {
    env: {
      ...inheritedVariables(),
      LOG_LEVEL: "error",
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  const exited = once(child, "exit");
  const states = new Map<string, string>();
  const complaints: string[] = [];
  const keep = (line: string): void => {
    const id = /"requestId":"([^"]+)"/.exec(line)?.[1];
    const state = /"sqlState":"([0-9A-Z]{5})"/.exec(line)?.[1];
    if (id !== undefined && state !== undefined) states.set(id, state);
    else complaints.push(line);
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", keep);

  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const request: Program["request"] = (host, method, path, body) =>
    sendHttp(port, host, method, path, body, agent);
  await until("the service does not serve", async () => {
    const answer = await request("localhost", "GET", "/healthz").catch(() => undefined);
    return answer?.status === 200;
  });
  return {
    states,
    complaints,
    request,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      agent.destroy();
      process.off("exit", kill);
    },
  };
}
