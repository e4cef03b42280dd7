// The docstrings of what an application imports, and their examples.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./checkout.ts";
import { listFiles } from "./pages.ts";

/** What has a docstring. */
export interface Documented {
  /** The name behind the docstring, such as "openDatabase". */
  readonly name: string;
  readonly file: string;
  readonly examples: readonly string[];
}

const DOCSTRING = /^( *)\/\*\*\n(.*?)\n\1 \*\/\n([^\n]*)/gms;

/** Lists what has a docstring in the library and in its functions for admins. */
export function listDocumented(): readonly Documented[] {
  return listFiles(":(glob)src/**/*.ts", "admin/library/admin.ts").flatMap(readDocstrings);
}

function readDocstrings(file: string): readonly Documented[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  return [...source.matchAll(DOCSTRING)].map(([, , body = "", next = ""]) => {
    const lines = body.replaceAll(/^ *\* ?/gm, "");
    const examples = [...lines.matchAll(/^@example\n```ts\n(.*?)^```$/gms)];
    const [, name = "member"] = /^ *(?:export )?(?:async )?(?:\w+ )?(\w+)/.exec(next) ?? [];
    return { name, file, examples: examples.map(([, text = ""]) => text) };
  });
}
