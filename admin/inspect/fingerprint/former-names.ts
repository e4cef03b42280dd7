// Names that a migration derived from the schema's name, in a tenant that was renamed later: they contain its former
// name. PostgreSQL cuts a name at 63 bytes, so the end of a longer one may be missing on either side.

import type { Fingerprint } from "./fingerprint.ts";

/** A schema's name and its objects. */
export interface Side {
  readonly schemaName: string;
  readonly objects: Fingerprint;
}

const MOST_BYTES = 63;
const utf8 = new TextEncoder();

/**
 * Finds the objects of a tenant whose names contain another schema's name where the reference has its own.
 * @returns for each such name the name that it would have today, the longest first
 */
export function findFormerNames(tenant: Side, reference: Side): ReadonlyMap<string, string> {
  const all = readNames(tenant);
  const want = [...readNames(reference)];
  const known = new Set(want.map((name) => fill(name, reference, tenant.schemaName)));
  const have = new Set([...all].filter((name) => !known.has(name)));
  const expected = want
    .filter((name) => name.includes(reference.schemaName))
    .filter((name) => !all.has(fill(name, reference, tenant.schemaName)));
  if (expected.length === 0) return new Map();
  const formers = [tenant.schemaName, ...vote(have, expected, reference)];
  const found = new Map<string, string>();
  // Whole names first: when two names are cut to one, only the other one can be the cut one.
  for (const isOne of [isWhole, isCut]) {
    for (const name of expected) {
      const now = fill(name, reference, tenant.schemaName);
      if ([...found.values()].includes(now)) continue;
      const own = formers
        .map((former) => fill(name, reference, former))
        .flatMap((wanted) => [...have].filter((one) => isOne(one, wanted, name)))
        .find((one) => !found.has(one));
      if (own !== undefined) found.set(own, now);
    }
  }
  return new Map([...found].toSorted(([a], [b]) => b.length - a.length));
}

/** The candidates for the schema's former name, those that explain most names first. */
function vote(
  have: ReadonlySet<string>,
  expected: readonly string[],
  { schemaName }: Side,
): readonly string[] {
  const votes = new Map<string, number>();
  for (const name of expected) {
    const parts = name.split(schemaName).map((part) => part.replaceAll(/[^\w]/g, "\\$&"));
    const cut = utf8.encode(name).length >= MOST_BYTES ? ".*" : "";
    const pattern = new RegExp(`^${parts.join("([a-z_][a-z0-9_]{0,47})")}${cut}$`);
    for (const one of have) {
      const former = pattern.exec(one)?.[1];
      if (former !== undefined) votes.set(former, (votes.get(former) ?? 0) + 1);
    }
  }
  return [...votes].toSorted(([, a], [, b]) => b - a).map(([former]) => former);
}

function isWhole(name: string, wanted: string): boolean {
  return name === wanted;
}

/** Whether two names begin alike and one of them was cut; `reference` is the name in the reference. */
function isCut(name: string, wanted: string, reference: string): boolean {
  if (utf8.encode(reference).length >= MOST_BYTES && name.startsWith(wanted)) return true;
  return utf8.encode(name).length >= MOST_BYTES && wanted.startsWith(name);
}

function fill(name: string, { schemaName }: Side, other: string): string {
  return name.replaceAll(schemaName, other);
}

/** Every quoted name of the objects and their parts. */
function readNames({ objects }: Side): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { owner, part } of objects) {
    for (const [, name = ""] of `${owner}\n${part}`.matchAll(/"((?:[^"]|"")*)"/g)) names.add(name);
  }
  return names;
}
