// What keeps a tenant from being renamed: texts that hold its name, which PostgreSQL would leave as they are.
// They would name nobody, and later the next tenant of that name.

import type { Transaction } from "sequelize";
import { ReferenceFailure, buildReferences } from "../inspect/reference.ts";
import { loadTenantMigrations } from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Registry, TenantRow } from "../registry/registry.ts";
import { findMentions, type Mention, readStrings } from "./mentions.ts";
import { readSettings, type Renaming } from "./settings.ts";
import { readNames, readOutsiders, readTexts, type SchemaText } from "./texts.ts";

const MOST_PLACES = 5;

interface Place extends SchemaText {
  readonly mentions: readonly Mention[];
}

/**
 * Looks for what would be left of the old name; nothing is changed. Sets the search_path of the transaction.
 * @throws {AdminError} with the places
 */
export async function requireNoMentions(
  registry: Registry,
  transaction: Transaction,
  tenant: TenantRow,
  renaming: Renaming,
): Promise<void> {
  const places = [
    ...(await findInside(registry, transaction, tenant, renaming)),
    ...(await findOutside(transaction, renaming)),
  ];
  if (places.length === 0) return;
  const shown = places.slice(0, MOST_PLACES).join(", ");
  const more = places.length > MOST_PLACES ? ` and ${places.length - MOST_PLACES} more` : "";
  throw new AdminError(
    `Cannot rename tenant: "${tenant.schemaName}" stands as text in ${shown}${more}, which does not follow; ` +
      "write these without the name (a function's SET search_path follows, and current_schema() is right), " +
      "and rename then",
  );
}

async function findInside(
  registry: Registry,
  transaction: Transaction,
  tenant: TenantRow,
  { schema: [schemaName], role: [roleName, newRole] }: Renaming,
): Promise<readonly string[]> {
  const names: [string, ...string[]] = [schemaName];
  if (roleName !== newRole) names.push(roleName);
  const places: Place[] = [];
  for (const { place, kind, text } of await readTexts(transaction, schemaName)) {
    const mentions = findMentions(text, kind, names);
    if (mentions.length > 0) places.push({ place, kind, text, mentions });
  }
  if (places.length === 0) return [];
  const same = await readSame(registry, tenant);
  return places
    .filter(({ place, kind, text }) => same.get(place)?.has(comparable(kind, text)) !== true)
    .flatMap(({ place, kind, mentions }) => mentions.map((mention) => tell(place, kind, mention)));
}

/**
 * The texts that every tenant of the version has, whatever it is called: a word in one of them is a word, and
 * not the schema's name. None when the migrations do not make the version.
 */
async function readSame(
  registry: Registry,
  { schemaName, version }: TenantRow,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const same = new Map<string, Set<string>>();
  try {
    const migrations = await loadTenantMigrations(registry);
    await buildReferences(registry, migrations, [version], {
      length: schemaName.length,
      async look(transaction, reference) {
        for (const { place, kind, text } of await readTexts(transaction, reference)) {
          const texts = same.get(place) ?? new Set();
          same.set(place, texts.add(comparable(kind, text)));
        }
      },
    });
  } catch (error) {
    if (!(error instanceof ReferenceFailure)) throw error;
  }
  return same;
}

/** Qualified names in an expression differ between schemas, and are not text. */
function comparable(kind: SchemaText["kind"], text: string): string {
  return kind === "expression" ? readStrings(text).join("\n") : text;
}

/** What is not the tenant's own: functions that name something in it, and settings for all databases. */
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
    // A word in a string is the schema's name where such a name is made use of.
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

/** Of an expression that PostgreSQL writes, nobody knows the lines. */
function tell(place: string, kind: SchemaText["kind"], { line, text }: Mention): string {
  const excerpt = text.replaceAll(/\s+/g, " ").slice(0, 60);
  return `${place}${kind === "code" && line > 1 ? ` line ${line}` : ""} (${excerpt})`;
}
