// npm run bench: every part of the benchmark, one after the other, on servers of its own, and a report.
// Exit status 1 when Rowhouse gave a wrong answer or an error, or when something could not be measured.
// Whatever happens, Ctrl-C included, it ends what it started and removes its files.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { openRun } from "../support/program/run.ts";
import { runOnCurrentNode } from "./machine/current-node.ts";
import { describeMachine } from "./machine/machine.ts";
import { type Options, parseOptions, usage, UsageError } from "./options.ts";
import { renewPages } from "./report/renew-pages.ts";
import type { Openings, Part, PartResult } from "./part.ts";
import { coldStart } from "./parts/cold-start.ts";
import { growth } from "./parts/growth.ts";
import { latency } from "./parts/latency.ts";
import { requests } from "./parts/requests.ts";
import { telemetry } from "./parts/telemetry.ts";
import { formatReport, type Results, writeReport } from "./report/report.ts";

const PARTS: readonly Part[] = [requests, latency, coldStart, growth, telemetry];
const RESULTS = fileURLToPath(new URL("./results", import.meta.url));

// Whoever asked for a report finds it there when all else has gone.
const KEPT_APART = tmpdir();

const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => interruption.abort(new Error(`Cannot finish: ${name}`)));
}
const isQuick = process.argv.includes("--quick");
const status = isQuick ? undefined : await runOnCurrentNode();
if (status === undefined) {
  const run = openRun();
  try {
    process.exitCode = await main(process.argv.slice(2), interruption.signal);
  } finally {
    await run.close();
  }
} else process.exitCode = status;

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const names = PARTS.map(({ name }) => name);
  try {
    const options = parseOptions(args, names);
    if (options === undefined) {
      process.stdout.write(usage(names));
      return 0;
    }
    const results = await measure(options, signal);
    return Object.values(results).some(({ failures }) => failures.length > 0) ? 1 : 0;
  } catch (error) {
    const reason: unknown = signal.reason ?? error;
    say(reason instanceof Error ? reason.message : String(reason));
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write(usage(names));
    return 2;
  }
}

async function measure(options: Options, signal: AbortSignal): Promise<Results> {
  const machine = await describeMachine(signal);
  const results: Record<string, PartResult> = {};
  for (const part of PARTS.filter(({ name }) => options.only.includes(name))) {
    results[part.name] = await runPart(part, options, signal);
  }
  const folder =
    options.out ??
    (options.quick ? await mkdtemp(join(KEPT_APART, "rowhouse-bench-report-")) : RESULTS);
  await writeReport(folder, machine, results);
  const isWhole = Object.values(results).every(({ figures }) => figures !== null);
  if (folder === RESULTS && isWhole) await renewPages();
  process.stdout.write(formatReport(machine, results));
  say(`The report is in ${folder}`);
  return results;
}

/** An error of one part is a failure in the report, beside what the others have found. */
async function runPart(part: Part, options: Options, signal: AbortSignal): Promise<PartResult> {
  const openings: Openings = [];
  const tell = (text: string): void => say(`${part.name}: ${text}`);
  try {
    signal.throwIfAborted();
    return await part.run({ options, signal, openings, say: tell });
  } catch (error) {
    signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    tell(problem);
    return {
      title: part.name,
      markdown: "Not measured.",
      charts: [],
      figures: null,
      failures: [`${part.name}: ${problem}`],
      missed: [],
    };
  } finally {
    for (const close of openings.toReversed()) {
      await close().catch((error: unknown) => say(String(error)));
    }
  }
}

function say(text: string): void {
  process.stderr.write(`${Math.floor(performance.now() / 1000)} s: ${text}\n`);
}
