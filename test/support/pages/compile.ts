// Compiles code as strictly as this tree, with the package's own name leading to its sources.

import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./checkout.ts";

/**
 * Compiles folders of a checkout that `copyCheckout` made.
 * @param include the folders and files, from the top of the checkout
 * @returns what the compiler printed; "" when it found nothing wrong
 */
export async function compile(checkout: string, include: readonly string[]): Promise<string> {
  const options = {
    extends: "./tsconfig.json",
    compilerOptions: { noEmit: true, isolatedDeclarations: false, paths: await doors() },
    include,
    exclude: ["admin/console/page"],
  };
  await writeFile(join(checkout, "tsconfig.pages.json"), JSON.stringify(options));
  const compiled = spawnSync("npx", ["tsc", "-p", "tsconfig.pages.json"], {
    cwd: checkout,
    encoding: "utf8",
  });
  return compiled.status === 0 ? compiled.stdout : `${compiled.stdout}${compiled.stderr}failed`;
}

/** The source of each name by which an application imports the package. */
async function doors(): Promise<Readonly<Record<string, readonly string[]>>> {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, string | { types?: string }>;
  };
  const paths = Object.entries(manifest.exports).flatMap(([door, target]) => {
    const types = typeof target === "string" ? undefined : target.types;
    if (types === undefined) return [];
    return [[door.replace(/^\./, "rowhouse"), [types.replace(/\.d\.ts$/, ".ts")]] as const];
  });
  return Object.fromEntries(paths);
}
