#!/usr/bin/env node
// npx rowhouse VERB …: runs a verb, as node admin/VERB.js … does; without a verb it lists them.

import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describeOldNode } from "../src/runtime/node-version.ts";
import { PROGRAM } from "./program/form.ts";
import { verbList } from "./program/list.ts";
import { suggest } from "./program/nearest.ts";
import { VERB_NAMES } from "./program/verbs.ts";

const [verb] = process.argv.slice(2);
// npm starts it by a link of another folder, or on Windows by a script: messages look at the file's own name.
process.argv[1] = fileURLToPath(import.meta.url);

const old = describeOldNode(process.versions.node);

if (old !== undefined) {
  process.stderr.write(`${old}\n`);
  process.exitCode = 1;
} else if (verb === undefined || verb === "--help" || verb === "-h") {
  process.stdout.write(verbList());
} else if (verb === "--version") {
  process.stdout.write(`${readVersion()}\n`);
} else if (VERB_NAMES.includes(verb)) {
  await import(new URL(`${verb}.js`, import.meta.url).href);
} else {
  const problem = `Cannot run ${JSON.stringify(verb)}: it is not a verb`;
  const advice = suggest(verb, VERB_NAMES) || `; ${PROGRAM} lists them`;
  process.stderr.write(`${problem}${advice}\n`);
  process.exitCode = 2;
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
