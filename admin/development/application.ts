// The application that development serves: the one in the working folder, or the example of this repository.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { commandFor } from "../program/form.ts";
import { AdminError } from "../registry/admin-error.ts";

/** Names of the runtimes. */
export const RUNTIMES = ["node", "deno", "worker"] as const;

/** One of {@link RUNTIMES}. */
export type Runtime = (typeof RUNTIMES)[number];

/** An application as a runtime starts it. */
export interface Application {
  /** Its top folder, absolute: the runtime's working folder. */
  readonly folder: string;
  /** The file that the runtime starts, as seen from `folder`; undefined where wrangler.toml names it. */
  readonly entry: string | undefined;
}

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

const EXAMPLE: Readonly<Record<Runtime, string>> = {
  node: "src/node.js",
  deno: "src/deno.ts",
  worker: "src/worker.ts",
};

const WRANGLER_FILES = ["wrangler.toml", "wrangler.json", "wrangler.jsonc"];

/** The example of this repository; undefined in an installed package, which holds no example. */
export function findExample(runtime: Runtime): Application | undefined {
  if (!existsSync(join(REPOSITORY, EXAMPLE[runtime]))) return undefined;
  return { folder: REPOSITORY, entry: runtime === "worker" ? undefined : EXAMPLE[runtime] };
}

/**
 * Finds the application to serve.
 * @param folder the folder that holds `entry` and wrangler.toml
 * @param entry the file that the caller named; undefined for the example, or for the file that wrangler.toml names
 * @throws {AdminError} when the application is missing
 */
export function findApplication(
  runtime: Runtime,
  folder: string,
  entry: string | undefined,
): Application {
  if (entry !== undefined && !existsSync(resolve(folder, entry))) {
    throw new AdminError(
      `Cannot serve "${entry}": the file does not exist; compile it, or name another`,
    );
  }
  const configured = WRANGLER_FILES.some((file) => existsSync(join(folder, file)));
  // An application may link this repository as its package.
  const isElsewhere = resolve(folder) !== resolve(REPOSITORY);
  const isOwn = entry !== undefined || (runtime === "worker" && configured && isElsewhere);
  const example = isOwn ? undefined : findExample(runtime);
  if (example !== undefined) return example;
  if (runtime === "worker" && !configured) {
    throw new AdminError(
      `Cannot serve on worker: "${folder}" has no wrangler.toml; ` +
        `write one with a binding named HYPERDRIVE, as ${commandFor("init")} does in an empty folder`,
    );
  }
  if (runtime !== "worker" && entry === undefined) {
    throw new AdminError(
      "Cannot serve: the application's file is not named; name it with --entry FILE",
    );
  }
  return { folder, entry };
}
