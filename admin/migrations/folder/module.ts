// Loads a migration in JavaScript or TypeScript.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { TenantStep } from "../tenant-migrations.ts";
import type { ModuleDraft } from "./draft.ts";
import type { Folder } from "./folder.ts";
import type { Migration } from "./migration.ts";

/** The first parameter of a migration of another tool. */
const OTHER_TOOLS =
  /^(?:async\s+)?(?:function\b[^(]*|[\w$]*\s*)\(?\s*(pgm|knex|queryInterface|kysely|queryRunner|db)\b/;

/** Returns the migration of a module; undefined, and a problem of the folder, when it has no `up`. */
export async function readModule(
  folder: Folder,
  { name, file }: ModuleDraft,
): Promise<Migration | undefined> {
  const refuse = (text: string): undefined => {
    folder.findings.refuse(file, undefined, text);
  };
  if (file.endsWith(".ts") && !takesTypes()) {
    return refuse("this runtime does not run TypeScript; compile it");
  }
  let loaded: unknown;
  try {
    loaded = await importNow(join(folder.path, file));
  } catch (error) {
    return refuse(`it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const up = findExport(loaded, "up");
  const down = findExport(loaded, "down");
  if (up === undefined) return refuse('it does not export a function "up"; add it');
  const [, parameter] = OTHER_TOOLS.exec(up.toString()) ?? [];
  if (parameter !== undefined) {
    return refuse(
      `its "up" takes "${parameter}", as another tool's do; take { schema, sql } instead`,
    );
  }
  return {
    name,
    file,
    checksum: undefined,
    isTransactional: true,
    leavesSessionState: false,
    up: { kind: "module", run: up },
    down: down && { kind: "module", run: down },
  };
}

/** Imports a module as its file is now: a process that runs for long imports one that was edited again. */
async function importNow(file: string): Promise<unknown> {
  const { mtimeNs, size } = await stat(file, { bigint: true });
  const url = pathToFileURL(file);
  url.search = `?version=${mtimeNs}-${size}`;
  return import(url.href);
}

/** Whether this runtime runs TypeScript as it is: https://nodejs.org/api/process.html#processfeaturestypescript */
function takesTypes(): boolean {
  const features: object = process.features;
  return "deno" in process.versions || ("typescript" in features && Boolean(features.typescript));
}

type Run = (step: TenantStep) => Promise<void>;

/** A CommonJS module may have its exports in `default`. */
function findExport(loaded: unknown, name: "up" | "down"): Run | undefined {
  for (const holder of [loaded, valueOf(loaded, "default")]) {
    const found = valueOf(holder, name);
    if (isRun(found)) return found;
  }
  return undefined;
}

function valueOf(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  return Reflect.get(holder, name);
}

function isRun(value: unknown): value is Run {
  return typeof value === "function";
}
