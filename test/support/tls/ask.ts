// Whether a connection by a URL is encrypted, asked by way of the service and of the verbs. An answer is "tls",
// "plain", or the code of what was thrown.

import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findDeno } from "../../../admin/development/runtime.ts";
import { openClient } from "../../../admin/registry/connection/client.ts";
import { databaseCode } from "../../../admin/registry/database-code.ts";
import { withRegistry } from "../../../admin/registry/registry.ts";
import { ask } from "./question.ts";

const QUESTION = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";

/** Asks with each URL as the service does: on Deno, and with an environment, in a program of its own. */
export async function askService(
  runtime: "node" | "deno",
  urls: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (runtime === "node" && env === undefined) return Promise.all(urls.map(ask));
  const program = fileURLToPath(new URL("client.js", import.meta.url));
  // Deno runs what Node's is compiled from.
  const [file, parameters] =
    runtime === "node"
      ? [process.execPath, [program]]
      : [findDeno(), ["run", "-A", program.replace(/js$/, "ts")]];
  const passed = { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env };
  const { stdout } = await promisify(execFile)(file, [...parameters, ...urls], { env: passed });
  return JSON.parse(stdout) as string[];
}

/** Asks with a client of the verbs, and with their registry. */
export function askVerbs(url: string): Promise<readonly string[]> {
  const code = (error: unknown): string => String(databaseCode(error) ?? error);
  const named = (rows: readonly unknown[]): string =>
    Reflect.get(Object(rows[0]), "ssl") === true ? "tls" : "plain";
  const byClient = openClient({ url }).then(async (client) => {
    const { rows } = await client.query(QUESTION);
    await client.end();
    return named(rows);
  }, code);
  const byRegistry = withRegistry(url, async ({ sequelize }) => {
    const [rows] = await sequelize.query(QUESTION);
    return named(rows);
  }).catch(code);
  return Promise.all([byClient, byRegistry]);
}
