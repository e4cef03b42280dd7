// npm run mutants: puts one defect after the other into a copy of the tree, and prints which test notices.
// A defect that no test notices is a finding, and the exit status is 1.

import { spawnSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { copyCheckout, ROOT } from "../support/pages/checkout.ts";
import { openRun } from "../support/program/run.ts";
import { type Mutant, MUTANTS } from "./mutants.ts";

const TIMEOUT_MS = 180_000;
// A test that failed may leave something running.
const MOCHA = "node_modules/mocha/bin/mocha.js";
const OPTIONS = "--no-config --require test/support/setup.js --timeout 30000 --bail --exit".split(
  " ",
);

interface Report {
  readonly stats?: { readonly passes: number };
  readonly failures?: readonly { readonly fullTitle: string }[];
}

const only = process.argv[2];
const run = openRun();
const folder = await copyCheckout();
try {
  for (const name of ["test", "wrangler.toml"]) {
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  }
  let survivors = 0;
  const chosen = MUTANTS.filter(({ defect }) => only === undefined || defect.includes(only));
  for (const mutant of chosen) {
    const caught = await runMutant(mutant);
    if (caught === undefined) survivors += 1;
    process.stdout.write(`${mutant.defect}: ${caught ?? "NO TEST NOTICED"}\n`);
  }
  process.stdout.write(`${chosen.length - survivors} of ${chosen.length} defects were noticed\n`);
  process.exitCode = survivors === 0 ? 0 : 1;
} finally {
  await run.close();
}

/** The title of the test that noticed; undefined when none did. */
async function runMutant({
  defect,
  file,
  text,
  instead,
  tests,
}: Mutant): Promise<string | undefined> {
  const path = join(folder, file);
  const source = await readFile(path, "utf8");
  const parts = source.split(text);
  if (parts.length !== 2) {
    throw new Error(
      `Cannot make "${defect}": its text stands ${parts.length - 1} times in ${file}`,
    );
  }
  await writeFile(path, parts.join(instead));
  try {
    compile();
    for (const test of tests) {
      const noticed = runTests(test);
      if (noticed !== undefined) return noticed;
    }
    return undefined;
  } finally {
    await writeFile(path, source);
  }
}

/** A defect need not compile under the strict rules: what counts is what it does. */
function compile(): void {
  const parameters = [
    "tsc",
    "--noCheck",
    "--declaration",
    "false",
    "--isolatedDeclarations",
    "false",
  ];
  const { status, stdout } = spawnSync("npx", parameters, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot compile: ${stdout}`);
}

function runTests(test: string): string | undefined {
  const parameters = [MOCHA, ...OPTIONS, "--reporter", "json", `test/${test}.test.js`];
  // Not by npx: what ends for its time must be mocha itself.
  const { stdout, stderr, status } = spawnSync(process.execPath, parameters, {
    cwd: folder,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return undefined;
  const report = parse(stdout);
  const [failure] = report.failures ?? [];
  if (failure !== undefined) return `${test}: ${failure.fullTitle}`;
  // The suite's own set-up initialises a database: it fails before there is a test to report.
  const [line = ""] = /^.*Error: .*$/m.exec(stderr) ?? [];
  if (line !== "") return `${test}: before its first test: ${line.trim()}`;
  throw new Error(`Cannot run ${test}: it ended with ${status} and reported no failure`);
}

function parse(text: string): Report {
  try {
    return JSON.parse(text.slice(text.indexOf("{"))) as Report;
  } catch {
    return {};
  }
}
