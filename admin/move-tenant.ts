// node admin/move-tenant.js SCHEMA --to NAME|URL: moves a tenant to another database.

import { commandFor } from "./program/form.ts";
import { parseDatabaseUrl } from "../src/config.ts";
import { runVerb } from "./command/command.ts";
import type { Call, Report } from "./command/verb.ts";
import { withAdmin } from "./library/with-admin.ts";
import { formatCount } from "./print/count.ts";
import { UsageError } from "./command/usage-error.ts";
import { parseSchemaName } from "./registry/tenants/schema-name.ts";
import { describeLeftOut } from "./transfer/description.ts";

const WAIT_SECONDS = 300;

await runVerb({
  name: "move-tenant",
  about:
    "Moves a tenant with its hosts to another database that init-db has prepared. The tenant is read-only meanwhile, " +
    "and no acknowledged write is lost. A suspended copy stays where it was. Requests follow the tenant to NAME, the " +
    "database of ADMIN_DATABASE_URL_<NAME>, or home; for a URL, another service must answer them. If the verb was " +
    "killed, or asks for it, run the same command again: it continues. Other users of this machine " +
    "can see a URL on the command line; --to-env reads it from the environment.",
  operands: ["SCHEMA"],
  options: {
    to: {
      type: "string",
      value: "NAME|URL",
      about: "Name of another configured database, or home; or a URL with the admin role",
    },
    "to-env": {
      type: "string",
      value: "NAME",
      about: "Environment variable that contains that URL",
    },
    plan: { type: "boolean", about: "Print what would be moved, and change nothing" },
    lossy: { type: "boolean", about: "Leave out manual changes that cannot be copied" },
    wait: {
      type: "string",
      value: "SECONDS",
      about: `Longest wait for transactions that began before; ${WAIT_SECONDS} when left out`,
    },
  },
  example: "acme --to eu",
  async run(call) {
    const schemaName = parseSchemaName(call.operands[0]);
    const to = readTarget(call.text("to"), call.text("to-env"), call.env);
    if (call.has("plan")) return plan(call, schemaName, to);
    const waitMs = (call.integer("wait", 1, 86_400) ?? WAIT_SECONDS) * 1000;
    let isMoved = false;
    const report = await withAdmin(call, (admin) =>
      admin.moveTenant(schemaName, {
        to,
        waitMs,
        lossy: call.has("lossy"),
        meter: call.meter("bytes"),
        onStep: (step, line) => {
          isMoved = true;
          call.print(line, { step });
        },
      }),
    );
    const { place, database, copied, losses } = report;
    // A move has a step at least, and one that had ended before has none.
    if (!isMoved && database !== undefined) {
      return { lines: [isThere(schemaName, database)], json: report };
    }
    const where = database === undefined ? place : `database "${database}"`;
    const what = copied
      ? `: ${formatCount(copied.tables, "table")}, ${formatCount(copied.rows, "row")}`
      : "";
    return {
      lines: [
        `Moved tenant "${schemaName}" to ${where}${what}`,
        ...describeLeftOut(losses),
        database === undefined
          ? `Point its hosts there; remove the tenant here with ${commandFor("drop-tenant")} ${schemaName}`
          : `Its clients follow it; remove the old copy with ${commandFor("drop-tenant")} ${schemaName} --remnant`,
      ],
      json: report,
    };
  },
});

async function plan(
  call: Pick<Call, "withRegistry" | "has">,
  schemaName: string,
  to: string,
): Promise<Report> {
  const { planMoveAway } = await import("./databases/move-away.ts");
  const { planMoveToDatabase } = await import("./databases/move.ts");
  const make = to.includes(":") ? planMoveAway : planMoveToDatabase;
  const planned = await call.withRegistry((home) => make(home, schemaName, to, call.has("lossy")));
  if (planned === undefined) {
    return { lines: [isThere(schemaName, to)], json: { plan: true, schemaName } };
  }
  const { place, isContinued, isCleared, losses } = planned;
  return {
    lines: [
      ...(isCleared ? [`Would remove the old copy of tenant "${schemaName}" there`] : []),
      ...describeLeftOut(losses),
      `Would ${isContinued ? "continue to move" : "move"} tenant "${schemaName}" to ${place}; nothing was changed`,
    ],
    json: { plan: true, ...planned },
  };
}

function isThere(schemaName: string, database: string): string {
  return `Nothing to move: tenant "${schemaName}" is in database "${database}"`;
}

/**
 * @param to the name of a database, or a URL
 * @param name of the variable of `env` that has the URL when `to` is not given
 */
function readTarget(
  to: string | undefined,
  name: string | undefined,
  env: NodeJS.ProcessEnv,
): string {
  if ((to === undefined) === (name === undefined)) {
    throw new UsageError("it takes either --to or --to-env");
  }
  if (to !== undefined && /^\w+$/.test(to)) return to;
  const option = name === undefined ? "--to" : `--to-env ${JSON.stringify(name)}`;
  try {
    return parseDatabaseUrl(to ?? env[name ?? ""] ?? "").reveal();
  } catch (error) {
    throw new UsageError(
      `${option}: ${error instanceof Error ? error.message : "it is not a URL"}`,
    );
  }
}
