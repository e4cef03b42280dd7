// node admin/add-tenants.js FILE: creates the tenants that a file lists.

import { runVerb } from "./command/command.ts";
import { SHARED } from "./command/options.ts";
import { summarise } from "./command/summary.ts";
import { formatCount } from "./print/count.ts";
import type { Call, Report } from "./command/verb.ts";
import type { PlannedTenant } from "./create-many/plan.ts";
import { withAdmin } from "./library/with-admin.ts";
import { FORMAT_OPTION, parseFormat, readTenantFile } from "./tenant-list/file.ts";
import { AdminError } from "./registry/admin-error.ts";
import { CONCURRENCY } from "./batch/free-connections.ts";

await runVerb({
  name: "add-tenants",
  about:
    "Creates the tenants that a file lists; the file - is standard input. The file is CSV with the header " +
    'host,schema, or one JSON object per line, {"host":"acme.example","schema":"acme"}, with "hosts" for ' +
    'several, and "settings". It checks every line before it creates the first tenant. Tenants that exist count as done, ' +
    "with the settings that they have, so it can be run again.",
  operands: ["FILE"],
  options: {
    format: FORMAT_OPTION,
    database: SHARED.database,
    concurrency: SHARED.concurrency,
    plan: { type: "boolean", about: "Print what would become of each line, and create nothing" },
  },
  example: "tenants.csv",
  async run(call) {
    const concurrency = call.integer("concurrency", CONCURRENCY.min, CONCURRENCY.max);
    const database = call.text("database");
    const { checkTenants } = await import("./tenant-list/check.ts");
    const { tenants, problems } = await checkTenants(
      readTenantFile(call.operands[0], parseFormat(call.text("format"))),
    );
    for (const { line, problem } of problems) {
      call.print(`Line ${line}: ${problem}`, { line, problem });
    }
    if (call.has("plan") && problems.length === 0) {
      const { planTenants } = await import("./create-many/plan.ts");
      const { findDatabase } = await import("./databases/find.ts");
      const { placeIn } = await import("./databases/place.ts");
      return call.withRegistry(async (home) => {
        const place = placeIn(home, await findDatabase(home, database));
        return reportPlan(call, await planTenants(place, tenants));
      });
    }
    if (problems.length > 0) {
      throw new AdminError(
        `Cannot add tenants: the file has ${problems.length} problems; nothing was created, ` +
          "correct the file and run again",
      );
    }
    return withAdmin(call, async (admin) => {
      const started = performance.now();
      const meter = call.meter("tenants");
      const onStart = (names: readonly string[]): void => meter.expect(names.length);
      const signal = call.interruption();
      const run = admin.createTenants(tenants, { database, concurrency, signal, onStart });
      for await (const outcome of run) {
        const { schemaName, message = "" } = outcome;
        const failed = outcome.outcome === "failed";
        const line = tenants[outcome.line - 1]?.line ?? 0;
        call.print(failed ? `Failed line ${line}, ${schemaName}: ${message}` : undefined, {
          ...outcome,
          line,
        });
        meter.add(1, failed ? 1 : 0);
      }
      const { added, existing, failed, left } = await run.finish();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      return summarise({
        head: `Added ${formatCount(added, "tenant")} in ${seconds} s`,
        counts: { "existed already": existing, failed, "not started; run again to continue": left },
        done: added + existing,
        undone: failed + left,
        json: { added, existing, failed, left },
      });
    });
  },
});

function reportPlan(call: Call, planned: readonly PlannedTenant[]): Report {
  for (const tenant of planned) {
    const { line, schemaName, outcome, hosts, problem = "" } = tenant;
    const text = {
      add: `Would add ${schemaName} at ${hosts.join(", ")}`,
      existing: undefined,
      fail: `Would fail line ${line}, ${schemaName}: ${problem}`,
    }[outcome];
    call.print(text, tenant);
  }
  const count = (outcome: PlannedTenant["outcome"]): number =>
    planned.filter((tenant) => tenant.outcome === outcome).length;
  const [add, existing, fail] = [count("add"), count("existing"), count("fail")];
  return summarise({
    head: `Would add ${formatCount(add, "tenant")}; nothing was changed`,
    counts: { "exist already": existing, "would fail": fail },
    done: add + existing,
    undone: fail,
    json: { plan: true, add, existing, fail },
  });
}
