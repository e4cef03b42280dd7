// Makes tenants of schemas that exist already.

import type { AdoptionPlan as InternalPlan } from "../adopt/plan.ts";
import type { Registry } from "../registry/registry.ts";
import type { TenantLine } from "../tenant-list/lines.ts";
import type { Place } from "../tenant-list/place.ts";
import { concurrencyIn } from "./bulk.ts";
import type { AdoptionFunctions } from "./contract/contract.ts";
import { withCodes } from "./failure.ts";
import type {
  AdoptionOptions,
  AdoptionOutcome,
  AdoptionPlan,
  AdoptionSource,
  AdoptionSummary,
  RefusedTenant,
} from "./contract/many.ts";
import { type Controls, createRun } from "./run.ts";

/** Makes the functions. Each loads what it needs when it is called. */
export function adoptionFunctions(registry: Registry): AdoptionFunctions {
  return {
    planAdoption: (source, options = {}) =>
      withCodes(async () => {
        const place = await findPlace(registry, options);
        return describe(await prepare(place, source, options));
      }),
    adoptTenants: (source, options = {}) =>
      createRun(options.signal, (controls) => adopt(registry, source, options, controls)),
  };
}

async function findPlace(home: Registry, { database }: Choice): Promise<Place> {
  const { findDatabase } = await import("../databases/find.ts");
  const { placeIn } = await import("../databases/place.ts");
  return placeIn(home, await findDatabase(home, database));
}

type Choice = Pick<AdoptionOptions, "version" | "database">;

async function prepare(
  place: Place,
  source: AdoptionSource,
  choice: Choice,
): Promise<InternalPlan> {
  const { planAdoption } = await import("../adopt/plan.ts");
  const { parseAdoptedName } = await import("../adopt/schema-name.ts");
  const { checkTenants } = await import("../tenant-list/check.ts");
  const list = await checkTenants(
    await readSource(place.registry, source, choice),
    parseAdoptedName,
  );
  return planAdoption(place, list, choice.version);
}

async function readSource(
  registry: Registry,
  source: AdoptionSource,
  { database }: Choice,
): Promise<Iterable<TenantLine> | AsyncIterable<TenantLine>> {
  if ("lines" in source) return source.lines;
  if ("query" in source) {
    const { listByQuery } = await import("../adopt/query.ts");
    return listByQuery(registry, source.query);
  }
  const { findPatternProblem, listByPattern, parseItems } = await import("../adopt/pattern.ts");
  const { AdminError } = await import("../registry/admin-error.ts");
  const pattern = {
    items: parseItems(source.schemas),
    templates: source.hosts ?? [],
    isHome: database === undefined,
  };
  const problem = findPatternProblem(pattern, { schemas: "schemas", hosts: "hosts" });
  if (problem === undefined) return listByPattern(registry, pattern);
  throw new AdminError(`Cannot adopt tenants: ${problem}`, { code: "option_invalid" });
}

async function describe(plan: InternalPlan): Promise<AdoptionPlan> {
  const { describeAdoptable, describeGrants, describeNotices } = await import("../adopt/lines.ts");
  const { adoptable, existing, refused, creation } = plan;
  return {
    adoptable,
    existing: existing.length,
    refused,
    lines: adoptable.map((tenant) => describeAdoptable(tenant, creation.migrations)),
    notices: describeNotices(plan, creation.migrations),
    grants: describeGrants(plan),
  };
}

async function adopt(
  registry: Registry,
  source: AdoptionSource,
  options: AdoptionOptions,
  { signal, report }: Controls<AdoptionOutcome | RefusedTenant>,
): Promise<AdoptionSummary> {
  const { AdminError } = await import("../registry/admin-error.ts");
  const { adoptTenants } = await import("../adopt/adopt-tenants.ts");
  const { describeNotices } = await import("../adopt/lines.ts");
  const place = await findPlace(registry, options);
  const plan = await prepare(place, source, options);
  const { adoptable, existing, refused, creation } = plan;
  for (const one of refused) report(one);
  if (refused.length > 0 && options.skipRefused !== true) {
    const all = adoptable.length + existing.length + refused.length;
    throw new AdminError(
      `Cannot adopt tenants: ${refused.length} of ${all} are refused; nothing was changed, ` +
        "correct them, or adopt the others with --skip-refused",
    );
  }
  options.onStart?.([...existing, ...adoptable].map(({ schemaName }) => schemaName));
  const concurrency = await concurrencyIn(registry, place.registry, options);
  const summary = await adoptTenants(place, plan, { concurrency, signal, report });
  const notices = describeNotices(plan, creation.migrations);
  return { ...summary, refused: refused.length, notices };
}
