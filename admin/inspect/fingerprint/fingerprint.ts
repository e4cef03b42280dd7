// A schema's content as canonical text from the catalogs: one line of text for each object, the same for every
// schema that the same migrations have made. "@" replaces the schema's own name. Owners, privileges, comments and
// the order of columns are left out.

import { BOOKKEEPING_TABLES } from "../../migrations/bookkeeping.ts";
import { queryPrepared, setCatalogPath } from "../../registry/connection/prepared.ts";
import { HASHED_OBJECTS, HASHED_RELATION_OBJECTS, OBJECTS } from "./objects.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

/** One object of a schema. */
export interface SchemaObject {
  /** The object, such as `table "data"`; for a part, the object that has it. */
  readonly owner: string;
  /** The part, such as `column "note"`; empty for the object itself. */
  readonly part: string;
  /** The definition as SQL; an object with another definition counts as another object. */
  readonly definition: string;
}

/** The objects of a schema, by owner and part. */
export type Fingerprint = readonly SchemaObject[];

/** A sum over canonical texts, so that the sums of parts add up to that of the whole. */
export interface Hash {
  readonly count: bigint;
  readonly first: bigint;
  readonly second: bigint;
}

// A tenant that another tool made has that tool's tables beside its own, and the migrations never make them. The
// expression is for PostgreSQL and JavaScript.
const BOOKKEEPING = `^(table|sequence) "(${BOOKKEEPING_TABLES.join("|")})(_[a-z]+_seq)?"$`;
const IS_BOOKKEEPING = new RegExp(BOOKKEEPING);

// With the quotes that a name which is a keyword needs, and without them.
const CANONICAL = `
  select o.schema, o.owner, replace(replace(o.owner || chr(10) || o.part || chr(10) ||
      coalesce(o.definition, ''), '"' || o.schema || '"', '@'), o.schema, '@') as text
    from objects as o
   where o.owner !~ '${BOOKKEEPING}'`;

const SUMS = `count(*)::text as count, sum(hashtextextended(text, 1)::numeric)::text as first,
  sum(hashtextextended(text, 2)::numeric)::text as second`;

interface SumRow {
  readonly schema: string;
  readonly owner: string;
  readonly count: string;
  readonly first: string;
  readonly second: string;
}

/**
 * Hashes the content of the schemas in one query, without the tables in which migration tools record what they ran.
 * @returns a hash by schema; empty and missing schemas are left out
 */
export async function readHashes(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await setCatalogPath(transaction);
  const rows = await queryPrepared<SumRow>(
    transaction,
    "hashes",
    `with ${HASHED_OBJECTS}, canonical as (${CANONICAL}) select schema, ${SUMS} from canonical group by schema`,
    [schemaNames],
  );
  return new Map(rows.map((row) => [row.schema, writeHash(parse(row))]));
}

/** Hashes the content of a schema, for each object that has parts. */
export async function readOwnerHashes(
  transaction: Transaction,
  schemaName: string,
): Promise<ReadonlyMap<string, Hash>> {
  await setCatalogPath(transaction);
  const rows = await queryPrepared<SumRow>(
    transaction,
    "owner_hashes",
    `with ${HASHED_OBJECTS}, canonical as (${CANONICAL}) select owner, ${SUMS} from canonical group by owner`,
    [[schemaName]],
  );
  return new Map(rows.map((row) => [row.owner, parse(row)]));
}

/**
 * Hashes some objects of one schema, with their parts, after `setCatalogPath()`.
 * @returns "" when the schema does not have them
 */
export async function readPartialHash(
  transaction: Transaction,
  schemaName: string,
  owners: readonly string[],
): Promise<string> {
  const isOfRelations = owners.every((owner) => OF_RELATION.test(owner));
  const [row] = await queryPrepared<SumRow>(
    transaction,
    isOfRelations ? "relation_hash" : "partial_hash",
    `with ${isOfRelations ? HASHED_RELATION_OBJECTS : HASHED_OBJECTS}, canonical as (${CANONICAL} and o.owner = any($2::text[]))
     select ${SUMS} from canonical`,
    [[schemaName], owners, ...(isOfRelations ? [owners.map(nameOfOwner)] : [])],
  );
  return row === undefined || row.count === "0" ? "" : writeHash(parse(row));
}

const OF_RELATION = /^(?:foreign table|table|view|materialized view|sequence) /;

/** The name in the owner of a relation, such as `table "data"`. */
function nameOfOwner(owner: string): string {
  return owner.slice(owner.indexOf('"') + 1, -1);
}

/** Adds hashes up. */
export function sumHashes(hashes: Iterable<Hash>): Hash {
  let [count, first, second] = [0n, 0n, 0n];
  for (const hash of hashes) {
    count += hash.count;
    first += hash.first;
    second += hash.second;
  }
  return { count, first, second };
}

/** Writes a hash, for comparison; "" for nothing. */
export function writeHash({ count, first, second }: Hash): string {
  return count === 0n ? "" : `${count} ${first} ${second}`;
}

function parse({ count, first, second }: SumRow): Hash {
  return { count: BigInt(count), first: BigInt(first), second: BigInt(second) };
}

/** Reads the content of the schemas, without replacing their names. */
export async function readFingerprints(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, Fingerprint>> {
  await setCatalogPath(transaction);
  const rows = await queryPrepared<SchemaObject & { schema: string }>(
    transaction,
    "fingerprints",
    `with ${OBJECTS}
     select o.schema, o.owner, o.part, coalesce(o.definition, '') as definition
       from objects as o
      order by o.schema, o.owner collate "C", o.part collate "C", o.definition collate "C"`,
    [schemaNames],
  );
  const fingerprints = new Map<string, SchemaObject[]>();
  for (const { schema, ...object } of rows) {
    const objects = fingerprints.get(schema);
    if (objects) objects.push(object);
    else fingerprints.set(schema, [object]);
  }
  return fingerprints;
}

/**
 * Reads the content of the schemas as the hashes see it, to compare it with what the migrations make: without the tables
 * in which migration tools record what they ran.
 */
export async function readComparable(
  transaction: Transaction,
  schemaNames: readonly string[],
): Promise<ReadonlyMap<string, Fingerprint>> {
  const all = await readFingerprints(transaction, schemaNames);
  return new Map(
    [...all].map(([schemaName, objects]) => [
      schemaName,
      objects.filter(({ owner }) => !IS_BOOKKEEPING.test(owner)),
    ]),
  );
}

/** Replaces a schema's name by "@", as the hashes do. */
export function canonicalize(text: string, schemaName: string): string {
  return text.replaceAll(`"${schemaName}"`, "@").replaceAll(schemaName, "@");
}
