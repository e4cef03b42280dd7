// The checkout as a new user has it: the sources, compiled, and no data.

import { chmod, cp, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top of the tree. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

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
  for (const name of COPIED) {
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
