// The adoption of schemas: its plan, and the work that does what a person saw in the plan.

import { createHash } from "node:crypto";
import type { Admin } from "../../library/contract/contract.ts";
import type {
  AdoptionOptions,
  AdoptionOutcome,
  AdoptionPlan,
  AdoptionSource,
} from "../../library/contract/many.ts";
import { formatCount } from "../../print/count.ts";
import type { AdoptionPlanView } from "../api.ts";
import { type Body, findText, findTexts, requireText } from "../door/body.ts";
import { RequestError } from "../door/request-error.ts";
import type { JobControl, JobWork } from "../work/jobs.ts";

const MOST_SHOWN = 200;
const MOST_FAILURES = 3;

interface Wish {
  readonly source: AdoptionSource;
  readonly choice: Pick<AdoptionOptions, "version" | "database">;
}

/**
 * Finds what an adoption would do, and changes nothing.
 * @param body an AdoptionWish
 * @throws {RequestError} 400 for a malformed body
 * @throws {UsageError} for a template without a placeholder
 * @throws {AdminError} when no schema matches, or no migration or database has the given name
 */
export async function planAdoption(admin: Admin, body: Body): Promise<AdoptionPlanView> {
  const { source, choice } = readWish(body);
  const found = await admin.planAdoption(source, choice);
  const { adoptable, existing, refused, lines, notices, grants } = found;
  return {
    plan: nameOf(found),
    adoptable: adoptable.length,
    lines: lines.slice(0, MOST_SHOWN),
    existing,
    refused: refused.length,
    refusals: refused.slice(0, MOST_SHOWN).map(({ line, schemaName, reasons }) => {
      return { name: schemaName ?? `line ${line}`, reasons };
    }),
    notices: notices.slice(0, MOST_SHOWN),
    grants,
  };
}

/**
 * Plans again, and makes the work of the adoptable schemas.
 * @param body an AdoptionRequest
 * @throws {RequestError} 409 when the plan is not the one that the body names. Otherwise as {@link planAdoption}
 */
export async function adoptJob(admin: Admin, body: Body): Promise<JobWork> {
  const seen = requireText(body, "plan");
  const { source, choice } = readWish(body);
  const found = await admin.planAdoption(source, choice);
  if (nameOf(found) !== seen) {
    const problem = "the schemas have changed since the plan was made; look at the new plan";
    throw new RequestError(409, `Cannot adopt tenants: ${problem}`);
  }
  const { adoptable } = found;
  if (adoptable.length === 0) {
    throw new RequestError(409, "Cannot adopt tenants: the plan has nothing to adopt");
  }
  return {
    kind: "adopt",
    schemaName: null,
    source: null,
    claims: adoptable.map(({ schemaName }) => schemaName),
    unit: "tenants",
    isStoppable: true,
    run: (control) => adopt(admin, found.adoptable, choice, control),
  };
}

async function adopt(
  admin: Admin,
  adoptable: AdoptionPlan["adoptable"],
  choice: Wish["choice"],
  { signal, expect, add }: JobControl,
): Promise<string> {
  const lines = adoptable.map(({ schemaName, hosts }, index) => {
    return { line: index + 1, schema: schemaName, hosts };
  });
  const run = admin.adoptTenants(
    { lines },
    { ...choice, signal, onStart: (names) => expect(names.length) },
  );
  const failures: AdoptionOutcome[] = [];
  const refusals: string[] = [];
  try {
    for await (const outcome of run) {
      if (outcome.outcome === "refused") {
        refusals.push(`${outcome.schemaName}: ${outcome.reasons.join("; ")}`);
        continue;
      }
      if (outcome.outcome === "failed") failures.push(outcome);
      add(1);
    }
  } catch (error) {
    if (refusals.length === 0) throw error;
    // The schemas have changed since the second plan.
    const problem = refusals.slice(0, MOST_FAILURES).join("; ");
    throw new RequestError(409, `Cannot adopt tenants: ${problem}; nothing was changed`);
  }
  const { adopted, existing, left } = await run.finish();
  const said = `Adopted ${formatCount(adopted + existing, "tenant")}`;
  if (failures.length === 0 && left === 0) return said;
  const problems = [
    ...failures
      .slice(0, MOST_FAILURES)
      .map(({ schemaName, message = "" }) => `${schemaName}: ${message}`),
    ...(failures.length > MOST_FAILURES ? [`${failures.length - MOST_FAILURES} more failed`] : []),
    ...(left > 0 ? [`${left} were not started; adopt again to continue`] : []),
  ];
  throw new RequestError(409, `${said}; ${problems.join("; ")}`);
}

function readWish(body: Body): Wish {
  const source = { schemas: requireText(body, "schemas"), hosts: findTexts(body, "hosts") ?? [] };
  const choice = { version: findText(body, "version"), database: findText(body, "database") };
  return { source, choice };
}

/** Two plans have one name when they make the same tenants. */
function nameOf({ adoptable }: AdoptionPlan): string {
  const facts = adoptable.map(({ schemaName, hosts, version }) => [schemaName, hosts, version]);
  return createHash("sha256").update(JSON.stringify(facts)).digest("base64url");
}
