// The file .env of the working folder. The verbs read it; what the environment has already wins over it.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { AdminError } from "../../registry/admin-error.ts";

const TWIN = "_FILE";

/**
 * Adds the variables of `.env` to the environment. Where the environment has NAME or NAME_FILE, an empty one as well,
 * the file's NAME and NAME_FILE do not count.
 * @param folder that may hold `.env`; without such a file nothing happens
 * @throws {AdminError} when the file is there and cannot be read
 */
export function addEnvFile(folder: string, env: NodeJS.ProcessEnv): void {
  const set = new Set(Object.keys(env));
  for (const [name, text] of Object.entries(parseEnv(readText(join(folder, ".env"))))) {
    const twin = name.endsWith(TWIN) ? name.slice(0, -TWIN.length) : `${name}${TWIN}`;
    if (!set.has(name) && !set.has(twin)) env[name] = text;
  }
}

function readText(file: string): string {
  try {
    // Some tools keep a folder of this name.
    return statSync(file).isFile() ? readFileSync(file, "utf8") : "";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    throw new AdminError(`Cannot read .env: ${code}; make it readable, or move it away`);
  }
}
