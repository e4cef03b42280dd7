// A process that runs verbs one after the other, each as its own entry file with arguments, environment
// and standard input of its own. Only the start of the process and the import of Sequelize are saved.

import process from "node:process";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

/** A verb to run. */
export interface Order {
  /** Its entry file. */
  readonly file: string;
  readonly parameters: readonly string[];
  /** The variables of its environment, all of them. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string;
}

/** What a verb printed, and its exit status. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const exit = process.exit.bind(process);
let count = 0;

process.on("message", (order: Order) => {
  void run(order).then((outcome) => process.send?.(outcome));
});
process.on("disconnect", () => exit());
// A verb that failed ends its process a moment later, whatever is open; here others follow it.
Object.defineProperty(process, "exit", { value: () => undefined });

async function run({ file, parameters, env, cwd, input }: Order): Promise<Outcome> {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      printed[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      const written = rest.at(-1);
      if (typeof written === "function") process.nextTick(written);
      return true;
    };
  }
  const stdin = Readable.from(input === "" ? [] : [Buffer.from(input)]);
  Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, file, ...parameters];
  process.chdir(cwd);
  process.exitCode = 0;
  count += 1;
  try {
    await import(`${pathToFileURL(file).href}?run=${count}`);
  } catch (error) {
    printed.stderr += `${inspect(error)}\n`;
    process.exitCode = 1;
  }
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
  return { status: process.exitCode, ...printed };
}
