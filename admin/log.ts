// node admin/log.js [SCHEMA]: who changed what, and when.

import { runVerb } from "./command/command.ts";
import { parseTime } from "./command/time.ts";
import { UsageError } from "./command/usage-error.ts";
import type { Report } from "./command/verb.ts";
import { describeDetails } from "./events/describe-details.ts";
import { countOldEvents } from "./events/delete-events.ts";
import { EVENT_VERBS, isEventVerb } from "./events/event.ts";
import type { DeletedEvents } from "./library/contract/installation.ts";
import { withAdmin } from "./library/with-admin.ts";
import { formatCount } from "./print/count.ts";
import { formatTable } from "./print/table.ts";
import { parseSchemaName } from "./registry/tenants/schema-name.ts";

const DAY_MS = 86_400_000;
const LIMIT = 100;

await runVerb({
  name: "log",
  about:
    "Shows who changed what in the registry, and when, the newest last: of all tenants, or of one under each name that " +
    "it had. --keep-days deletes what is older, and shows nothing.",
  operands: ["[SCHEMA]"],
  options: {
    since: {
      type: "string",
      value: "TIME",
      about: "From then on: 2026-11-26, 2026-11-26T10:30Z, or as long ago as 90s, 30m, 2h or 7d",
    },
    until: { type: "string", value: "TIME", about: "Before then, written as for --since" },
    actor: { type: "string", value: "NAME", about: "Only what this actor did" },
    verb: { type: "string", value: "NAME", about: "Only what this verb did" },
    limit: { type: "string", value: "N", about: `The newest N; ${LIMIT} when left out` },
    "keep-days": {
      type: "string",
      value: "N",
      about: "Delete what is older than N days, in small transactions, for a daily job",
    },
    plan: {
      type: "boolean",
      about: "Print how much --keep-days would delete, and delete nothing",
    },
  },
  example: "acme --since 7d",
  async run(call) {
    const [schema] = call.operands;
    const keepDays = call.integer("keep-days", 1, 36_500);
    const now = Date.now();
    const given = (["since", "until", "actor", "verb", "limit"] as const).find((name) =>
      call.has(name),
    );
    if (keepDays !== undefined) {
      if (given !== undefined || schema !== undefined) {
        const other = given === undefined ? "SCHEMA" : `--${given}`;
        throw new UsageError(`--keep-days and ${other} contradict each other`);
      }
      const before = new Date(now - keepDays * DAY_MS);
      if (call.has("plan")) {
        const found = await call.withRegistry((registry) => countOldEvents(registry, before));
        return reportPlan(found, keepDays);
      }
      const signal = call.interruption();
      return withAdmin(call, async (admin) =>
        reportDeleted(await admin.deleteEvents(before, { signal }), keepDays, signal),
      );
    }
    if (call.has("plan")) throw new UsageError("--plan is for --keep-days");
    const filter = {
      schemaName: schema === undefined ? undefined : parseSchemaName(schema),
      since: parseTime("since", call.text("since"), now),
      until: parseTime("until", call.text("until"), now),
      actor: call.text("actor"),
      verb: parseVerb(call.text("verb")),
      limit: call.integer("limit", 1, 1_000_000) ?? LIMIT,
    };
    return withAdmin(call, async (admin) => {
      const events = await admin.readEvents(filter);
      const rows = events.map(({ at, actor, verb, schemaName, details }) => [
        at.toISOString().replace(/\.\d+/, ""),
        actor,
        verb,
        schemaName ?? "",
        describeDetails(details),
      ]);
      return {
        lines: formatTable(["TIME", "ACTOR", "VERB", "SCHEMA", "CHANGE"], rows),
        json: events,
      };
    });
  },
});

function parseVerb(text: string | undefined): string | undefined {
  if (text === undefined || isEventVerb(text)) return text;
  throw new UsageError(`--verb ${JSON.stringify(text)} is not one of ${EVENT_VERBS.join(", ")}`);
}

function reportPlan(found: DeletedEvents, keepDays: number): Report {
  return {
    lines: [`Would delete ${describe(found, keepDays)}; nothing was changed`],
    json: { plan: true, ...found },
  };
}

function describe({ events, migrations }: DeletedEvents, keepDays: number): string {
  const days = formatCount(keepDays, "day");
  return `${formatCount(events, "event")} and ${formatCount(migrations, "record")} of migrations, older than ${days}`;
}

function reportDeleted(deleted: DeletedEvents, keepDays: number, { aborted }: AbortSignal): Report {
  const rest = aborted ? "; interrupted, so there may be more" : "";
  return {
    lines: [`Deleted ${describe(deleted, keepDays)}${rest}`],
    json: deleted,
    status: aborted ? 3 : 0,
  };
}
