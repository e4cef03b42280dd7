// The Node that is measured: the current LTS, whichever runs the command. Programs under measurement run on the
// Node of the benchmark's own process, so the command starts itself again on it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { installNode } from "../../matrix/install.ts";
import { nodeVersion } from "../../matrix/versions.ts";

const CURRENT = "24";

/**
 * Runs this very command on the current LTS of Node, which comes from npm.
 * @returns the exit status, or undefined when this process is on it already
 */
export async function runOnCurrentNode(): Promise<number | undefined> {
  if (process.versions.node.startsWith(`${CURRENT}.`)) return undefined;
  const node = await installNode(nodeVersion(CURRENT));
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // Ctrl-C at a terminal reaches the child by itself.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGTERM", pass);
  process.on("SIGINT", () => {});
  const [status] = (await once(child, "exit")) as [number | null];
  return status ?? 1;
}
