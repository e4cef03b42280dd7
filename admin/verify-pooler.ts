// node admin/verify-pooler.js URL: checks that a transaction pooler keeps the promises of Rowhouse.

import { parseDatabaseUrl } from "../src/config.ts";
import { adminUrl } from "./command/environment/config.ts";
import { formatCount } from "./print/count.ts";
import { runVerb } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";

await runVerb({
  name: "verify-pooler",
  about:
    "Tests a pooler in transaction mode with two tenants that it creates and drops: messages in turn, errors, " +
    "timeouts, cancels and lost clients at every point of a message, transactions, a full pool. After each it inspects " +
    "every server connection. Other clients must not use the pool meanwhile. Exits 1 when a check fails.",
  operands: ["URL"],
  options: {},
  example: "postgres://rowhouse_service:PASSWORD@pooler.example:6432/app",
  async run(call) {
    const url = readUrl(call.operands[0]);
    const { verifyPooler } = await import("./conformance/verify.ts");
    const signal = call.interruption();
    const verdicts = await verifyPooler(url, adminUrl(call.env), signal, (verdict) => {
      const { level, name, seen } = verdict;
      call.print(`${level.padEnd(6)}  ${name}: ${seen}`, verdict);
    });
    const failed = verdicts.filter(({ level }) => level === "failed").length;
    const held = verdicts.filter(({ level }) => level === "ok").length;
    const cut = signal.aborted ? "; interrupted before the rest" : "";
    return {
      lines: [`${formatCount(held, "check")} held, ${failed} did not${cut}`],
      json: { held, failed, interrupted: signal.aborted },
      status: failed > 0 ? 1 : signal.aborted ? 3 : 0,
    };
  },
});

function readUrl(text: string): string {
  try {
    return parseDatabaseUrl(text).reveal();
  } catch (error) {
    throw new UsageError(`the URL ${error instanceof Error ? error.message : "is not readable"}`);
  }
}
