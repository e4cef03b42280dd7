// What keeps a tenant from being renamed: texts that hold its name, which PostgreSQL would leave as they are.
// They would name nobody, and later the next tenant of that name.

import type { Transaction } from "sequelize";
import { buildReferences, type Reference, ReferenceFailure } from "../inspect/reference.ts";
import { loadTenantMigrations } from "../migrations/tenant-migrations.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Registry, TenantRow } from "../registry/registry.ts";
import { findMentions, type Mention, readStrings } from "./mentions.ts";
import { planNames } from "./names.ts";
import { readSettings, type Renaming } from "./settings.ts";
import { readNames, readOutsiders, readTexts, type SchemaText } from "./texts.ts";

const MOST_PLACES = 5;

interface Place extends SchemaText {
  readonly mentions: readonly Mention[];
}

/**
 * Looks for what would be left of the old name; nothing is changed. Sets the search_path of the transaction.
 * @returns the commands that give the names which migrations made of the schema's name the new one; for
 *   when the schema has it
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
    `Cannot rename tenant: "${tenant.schemaName}" stands as text in ${shown}${more}, which does not follow; ` +
      "write these without the name (a function's SET search_path follows, and current_schema() is right), " +
      "and rename then",
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

/** What the migrations make of the tenant's version in a schema of another name. */
interface Made {
  /** Texts by place: a word in one of them is a word, and not the schema's name. */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
  /** Undefined when they do not make the version. */
  readonly reference: Reference | undefined;
}

/** Runs the migrations once, when it is first asked for. */
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
