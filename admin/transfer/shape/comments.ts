// The comments of a schema's objects, of every kind that can have one. PostgreSQL writes and resolves an object's
// address; a statement contains only the name that the object's own catalog gives.
// https://www.postgresql.org/docs/current/functions-info.html

import { type ClientBase, escapeLiteral } from "pg";
import { AdminError } from "../../registry/admin-error.ts";

/** A comment, and the object that has it. */
export interface Comment {
  /** The type in the form of pg_identify_object_as_address, such as "table column". */
  readonly type: string;
  /** The names, such as the schema, the table and the column; the schema's name is "@". */
  readonly names: readonly string[];
  readonly arguments: readonly string[];
  readonly text: string;
}

// The words of COMMENT ON.
const WORDS: ReadonlyMap<string, string> = new Map([
  ...[
    "collation, conversion, foreign table, index, materialized view, operator, operator class, operator family",
    "policy, rule, schema, sequence, table, text search configuration, text search dictionary",
    "text search parser, text search template, trigger, type, view",
  ].flatMap((words) => words.split(", ").map((word) => [word, word] as const)),
  ["aggregate", "routine"],
  ["composite type", "type"],
  ["composite type column", "column"],
  ["domain constraint", "constraint"],
  ["foreign table column", "column"],
  ["function", "routine"],
  ["materialized view column", "column"],
  ["procedure", "routine"],
  ["statistics object", "statistics"],
  ["table column", "column"],
  ["table constraint", "constraint"],
  ["view column", "column"],
]);

// [the catalog of parts of relations, its column with the relation]
const PARTS: readonly (readonly [string, string])[] = [
  ["pg_constraint", "conrelid"],
  ["pg_trigger", "tgrelid"],
  ["pg_policy", "polrelid"],
  ["pg_rewrite", "ev_class"],
];

const PART_OBJECTS = PARTS.map(
  ([catalog, relation]) =>
    `union all select '${catalog}'::regclass, o.oid from relation as r join ${catalog} as o on o.${relation} = r.oid`,
).join("\n    ");

// From the schema to its objects and their parts, by indexes alone: the database may have the comments of many tenants. The
// row type of a relation, the array of a type and the multirange of a range depend internally on these.
const COMMENTS = `
  with recursive space as (select oid from pg_namespace where nspname = $1), inside (classid, objid) as (
    select d.classid, d.objid from space as s
      join pg_depend as d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid
  ), relation (oid) as (
    select objid from inside where classid = 'pg_class'::regclass
    union all
    select t.typrelid from inside as i join pg_type as t on t.oid = i.objid
     where i.classid = 'pg_type'::regclass and t.typrelid <> 0
  ), type (oid) as (
    select objid from inside where classid = 'pg_type'::regclass
    union
    select c.reltype from relation as r join pg_class as c on c.oid = r.oid where c.reltype <> 0
    union
    select d.objid from type as t cross join lateral (
      select * from pg_depend as d where d.refclassid = 'pg_type'::regclass and d.refobjid = t.oid
         and d.classid = 'pg_type'::regclass and d.deptype = 'i' offset 0
    ) as d
  ), own (classid, objid) as (
    select 'pg_namespace'::regclass::oid, oid from space
    union all select classid, objid from inside where classid not in ('pg_class'::regclass, 'pg_type'::regclass)
    union all select 'pg_class'::regclass, oid from relation
    union all select 'pg_class'::regclass, i.indexrelid from relation as r join pg_index as i on i.indrelid = r.oid
    union all select 'pg_type'::regclass, oid from type
    union all select 'pg_constraint'::regclass, c.oid
      from type as t join pg_constraint as c on c.conrelid = 0 and c.contypid = t.oid
    ${PART_OBJECTS}
  ), commented as (
    select d.* from own as o join pg_description as d on d.classoid = o.classid and d.objoid = o.objid
  )
  select a.type, a.object_names as names, a.object_args as arguments, d.description as text
    from commented as d,
    lateral pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) as a
   order by a.type, a.object_names collate "C", a.object_args collate "C"`;

/** Reads the comments of a schema. */
export async function readComments(
  client: ClientBase,
  schemaName: string,
): Promise<readonly Comment[]> {
  const { rows } = await client.query<Comment>(COMMENTS, [schemaName]);
  return rows.map(({ type, text, ...address }) => {
    const names = address.names.map((name, index) =>
      index === schemaIndex(type) && name === schemaName ? "@" : unqualify(name, schemaName),
    );
    const others = address.arguments.map((argument) => unqualify(argument, schemaName));
    return { type, names, arguments: others, text };
  });
}

/**
 * Gives the objects of a schema these comments, and removes all others. Comments on missing objects are left out.
 * @throws {AdminError} when a comment belongs to an object outside of the schema, or of a kind without comments
 */
export async function applyComments(
  client: ClientBase,
  schemaName: string,
  wanted: readonly Comment[],
): Promise<void> {
  const own = new Map((await readComments(client, schemaName)).map((c) => [keyOf(c), c]));
  for (const comment of wanted) {
    const found = own.get(keyOf(comment));
    own.delete(keyOf(comment));
    if (found?.text === comment.text) continue;
    await write(client, schemaName, comment, comment.text);
  }
  for (const comment of own.values()) await write(client, schemaName, comment, null);
}

async function write(
  client: ClientBase,
  schemaName: string,
  comment: Comment,
  text: string | null,
): Promise<void> {
  const { type } = comment;
  const word = WORDS.get(type);
  if (word === undefined || !isWithin(comment)) {
    throw new AdminError(
      `Cannot copy tenant: a comment is on ${type} ${JSON.stringify(comment.names)}, which is not in a tenant's schema`,
    );
  }
  const identity = await findIdentity(client, schemaName, comment);
  if (identity === undefined) return;
  const place = type === "domain constraint" ? identity.replace(" on ", " on domain ") : identity;
  const literal = text === null ? "null" : escapeLiteral(text);
  await client.query(`comment on ${word} ${place} is ${literal}`);
}

/** Finds the object's name in its own catalog; undefined when the object is missing, or is in another schema. */
async function findIdentity(
  client: ClientBase,
  schemaName: string,
  { type, names, arguments: others }: Comment,
): Promise<string | undefined> {
  const qualify = (text: string): string => text.replaceAll("@.", `${schemaName}.`);
  const address = names.map((name, index) =>
    index === schemaIndex(type) && name === "@" ? schemaName : qualify(name),
  );
  await client.query("savepoint rowhouse_address");
  try {
    const { rows } = await client.query<{ identity: string }>(
      `select i.identity from pg_get_object_address($1, $2, $3) as a,
         lateral pg_identify_object(a.classid, a.objid, a.objsubid) as i`,
      // PostgreSQL writes more types than it reads.
      [type.endsWith(" column") ? "table column" : type, address, others.map(qualify)],
    );
    return rows[0]?.identity;
  } catch {
    return undefined;
  } finally {
    await client.query("rollback to savepoint rowhouse_address");
    await client.query("release savepoint rowhouse_address");
  }
}

function isWithin({ type, names }: Comment): boolean {
  const index = schemaIndex(type);
  return index === -1 ? names[0]?.startsWith("@.") === true : names[index] === "@";
}

/** The index of the schema in an address; -1 where it is a part of the type's name. */
function schemaIndex(type: string): number {
  if (type === "domain constraint" || type === "type" || type === "composite type") return -1;
  return type === "operator class" || type === "operator family" ? 1 : 0;
}

function unqualify(text: string, schemaName: string): string {
  return text.replaceAll(`"${schemaName}".`, "@.").replaceAll(`${schemaName}.`, "@.");
}

function keyOf({ type, names, arguments: others }: Comment): string {
  return JSON.stringify([type, names, others]);
}
