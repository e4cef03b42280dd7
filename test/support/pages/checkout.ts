// The checkout as a new user has it: the sources, compiled, and no data.

import { chmod, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../../admin/development/embedded/program.ts";

/** The top of the tree. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

const COPIED = [
  "src",
  "admin",
  "package.json",
  "tsconfig.json",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
];

/** Copies it into a temporary folder, with the installed packages linked; the caller removes it. */
export async function copyCheckout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-checkout-"));
  await chmod(folder, 0o755);
  await runProgram("cp", ["-R", ...COPIED.map((name) => join(ROOT, name)), folder]);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
