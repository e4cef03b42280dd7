// Finds texts that contain a tenant's name and that PostgreSQL does not update. After a rename they would name a
// missing tenant, and later perhaps the next tenant of that name.

import {
  buildReferences,
  type Reference,
  ReferenceFailure,
} from "../inspect/reference/reference.ts";
import { loadTenantMigrations } from "../migrations/ordered.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Registry, TenantRow } from "../registry/registry.ts";
import { findMentions, type Mention, readStrings } from "./mentions.ts";
import { planNames } from "./names.ts";
import { readSettings, type Renaming } from "./settings.ts";
import { readNames, readOutsiders, readTexts, type SchemaText } from "./texts.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

const MOST_PLACES = 5;

interface Place extends SchemaText {
  readonly mentions: readonly Mention[];
}

/**
 * Looks for places that would keep the old name; changes nothing. Sets the search_path of the transaction.
 * @returns commands that rename objects which migrations named after the schema; run them after the schema's rename
 * @throws {AdminError} with the places that cannot be rewritten
 */
export async function planTexts(
  registry: Registry,
  transaction: Transaction,
  tenant: TenantRow,
  renaming: Renaming,
): Promise<readonly string[]> {
  const made = findMade(registry, tenant);
  const places = [
    ...(await findInside(transaction, tenant, renaming, made)),
    ...(await findOutside(transaction, renaming)),
  ];
  if (places.length === 0) return planNames(transaction, renaming.schema, made);
  const shown = places.slice(0, MOST_PLACES).join(", ");
  const more = places.length > MOST_PLACES ? ` and ${places.length - MOST_PLACES} more` : "";
  throw new AdminError(
    `Cannot rename tenant: "${tenant.schemaName}" stands as text in ${shown}${more}, which ` +
      "PostgreSQL does not update; remove the name from these (a function's SET search_path is updated, and current_schema() is " +
      "always right), then rename",
  );
}

async function findInside(
  transaction: Transaction,
  { schemaName }: TenantRow,
  { role: [roleName, newRole] }: Renaming,
  made: () => Promise<Made>,
): Promise<readonly string[]> {
  const names: [string, ...string[]] = [schemaName];
  if (roleName !== newRole) names.push(roleName);
  const places: Place[] = [];
  for (const { place, kind, text } of await readTexts(transaction, schemaName)) {
    const mentions = findMentions(text, kind, names);
    if (mentions.length > 0) places.push({ place, kind, text, mentions });
  }
  if (places.length === 0) return [];
  const { texts: same } = await made();
  return places
    .filter(({ place, kind, text }) => same.get(place)?.has(comparable(kind, text)) !== true)
    .flatMap(({ place, kind, mentions }) => mentions.map((mention) => tell(place, kind, mention)));
}

/** The objects that the migrations create for the tenant's version in a schema of another name. */
interface Made {
  /** Texts by place: a word in one of them does not refer to the tenant's schema. */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
  /** Undefined when the migrations cannot create this version. */
  readonly reference: Reference | undefined;
}

/** Returns a function that runs the migrations at its first call and caches the result. */
function findMade(registry: Registry, { schemaName, version }: TenantRow): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  const make = async (): Promise<Made> => {
    const texts = new Map<string, Set<string>>();
    const { length } = schemaName;
    const look = async (transaction: Transaction, name: string): Promise<void> => {
      for (const { place, kind, text } of await readTexts(transaction, name)) {
        texts.set(place, (texts.get(place) ?? new Set()).add(comparable(kind, text)));
      }
    };
    try {
      const migrations = await loadTenantMigrations(registry);
      const found = await buildReferences(registry, migrations, [version], { length, look });
      return { texts, reference: found.get(version) };
    } catch (error) {
      if (!(error instanceof ReferenceFailure)) throw error;
      return { texts: new Map(), reference: undefined };
    }
  };
  return () => (made ??= make());
}

/** Returns the part of a text that does not depend on the schema: of an expression, only its strings. */
function comparable(kind: SchemaText["kind"], text: string): string {
  return kind === "expression" ? readStrings(text).join("\n") : text;
}

/** Finds places outside of the tenant: functions that name its objects, and settings for all databases. */
async function findOutside(
  transaction: Transaction,
  renaming: Renaming,
): Promise<readonly string[]> {
  const [schemaName] = renaming.schema;
  const names = await readNames(transaction, schemaName);
  const qualified = new RegExp(
    `(?<![\\w$])"?${schemaName}"?\\s*\\.\\s*"?([\\w$\\u0080-\\uffff]+)`,
    "gi",
  );
  const bodies = (await readOutsiders(transaction, schemaName)).flatMap(({ place, text }) => {
    const isNamed = [...text.matchAll(qualified)].some(([, name = ""]) =>
      names.has(name.toLowerCase()),
    );
    // A word in a string counts as the schema's name only if the body builds names.
    const makesNames = /search_path|%I|quote_ident/i.test(text);
    return findMentions(text, "code", [schemaName])
      .filter(({ qualifies }) => (qualifies ? isNamed : makesNames))
      .map((mention) => tell(place, "code", mention));
  });
  const settings = await readSettings(transaction, renaming);
  return [
    ...bodies,
    ...settings
      .filter(({ elsewhere }) => elsewhere)
      .map(({ place }) => `${place} for all databases`),
  ];
}

/** Describes a place. Line numbers are omitted for expressions, because PostgreSQL formats them. */
function tell(place: string, kind: SchemaText["kind"], { line, text }: Mention): string {
  const excerpt = text.replaceAll(/\s+/g, " ").slice(0, 60);
  return `${place}${kind === "code" && line > 1 ? ` line ${line}` : ""} (${excerpt})`;
}
