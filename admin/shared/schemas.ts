// The list of shared schemas: which names it may have, and what init-db does with them.

import type { Transaction } from "sequelize";
import { quoteName } from "../../src/sql/quote-name.ts";
import { TemplateError } from "../../src/sql/template-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type Installation, query } from "../registry/registry.ts";
import { findDependents } from "./dependents.ts";
import { findSharedExcess, findSharedLacks } from "./privileges.ts";

const MOST_NAMES = 3;
const RESERVED = new Set(["rowhouse", "information_schema", "$user", ""]);

/** The wanted changes of the list. */
export interface SharedChange {
  /** Names that follow the others, in their order. */
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/**
 * Decides the new list. A name that is in the list keeps its place.
 * @throws {AdminError} for a name that cannot be shared, is not in the list, or is given in another order
 */
export function decideSharedSchemas(
  before: readonly string[],
  { add = [], remove = [] }: SharedChange,
): readonly string[] {
  const list = before.length === 0 ? "it is empty" : `it is ${before.map(quoted).join(", ")}`;
  for (const name of remove) {
    if (before.includes(name) && !add.includes(name)) continue;
    const problem = add.includes(name) ? "both options name it" : `the list lacks it, ${list}`;
    throw new AdminError(`Cannot stop sharing schema ${quoted(name)}: ${problem}`);
  }
  const kept = before.filter((name) => !remove.includes(name));
  const wanted = [...new Set(add)];
  for (const name of wanted) checkName(name);
  const places = wanted.map((name) => kept.indexOf(name)).filter((place) => place >= 0);
  const isLast = (place: number): boolean =>
    wanted.slice(place).every((name) => !kept.includes(name));
  const inOrder = places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
  if (!inOrder || !isLast(places.length)) {
    throw new AdminError(
      `Cannot share schemas in this order: ${list}, and new ones follow; to change the order, remove them with ` +
        "--no-shared-schema first",
    );
  }
  return [...new Set([...kept, ...wanted])];
}

function checkName(name: string): void {
  if (name.startsWith("pg_") || RESERVED.has(name)) {
    throw new AdminError(
      `Cannot share schema ${quoted(name)}: it is reserved; name one for extensions and reference tables`,
    );
  }
  try {
    quoteName(name);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new AdminError(`Cannot share schema ${quoted(name)}: ${error.message}`);
  }
}

/**
 * Refuses the name of a shared schema, also of one that is missing: a tenant's schema would then be on every path.
 * @param action completes "Cannot …", such as "add tenant"
 * @throws {AdminError} that names the schema
 */
export function requireUnshared(
  action: string,
  schemaName: string,
  { sharedSchemas }: Pick<Installation, "sharedSchemas">,
): void {
  if (!sharedSchemas.includes(schemaName)) return;
  throw new AdminError(
    `Cannot ${action}: schema "${schemaName}" is shared by all tenants; choose another name`,
  );
}

/** What {@link openSharedSchemas} did. */
export interface Opened {
  /** Schemas that it created. */
  readonly created: readonly string[];
  /** Tables and views that tenants could not read before. */
  readonly tables: readonly string[];
  /** Privileges that it took away, in phrases such as `PUBLIC has CREATE on schema ext`. */
  readonly revoked: readonly string[];
  /** Tables and views that tenants cannot read, because another role must grant that. */
  readonly unreadable: readonly string[];
}

/**
 * Creates the schemas that are missing, and gives PUBLIC the privileges of {@link findSharedLacks} there and no more.
 * @throws {AdminError} when a schema is a tenant's, is not usable by PUBLIC, or tenants could write or create in it
 */
export async function openSharedSchemas(
  transaction: Transaction,
  names: readonly string[],
): Promise<Opened> {
  const created: string[] = [];
  for (const { name, isTenant, exists } of await readStates(transaction, names)) {
    if (isTenant) {
      throw new AdminError(
        `Cannot share schema ${quoted(name)}: it belongs to a tenant; name another, or rename that tenant`,
      );
    }
    if (exists) continue;
    await query(transaction, `create schema ${quoteName(name)}`);
    created.push(name);
  }
  const revoked: string[] = [];
  for (const { problem, command, mine } of await findSharedExcess(transaction, names)) {
    if (!mine) continue;
    await query(transaction, command);
    revoked.push(problem);
  }
  // A privilege that another role has granted stays.
  const [excess] = await findSharedExcess(transaction, names);
  if (excess !== undefined) {
    const remedy =
      excess.command === "" ? "give it another owner" : `let its owner run: ${excess.command}`;
    throw new AdminError(
      `Cannot share schemas: ${excess.problem}, and a tenant must not change what others see; ${remedy}`,
    );
  }
  const lacks = await findSharedLacks(transaction, names);
  for (const { command, mine } of lacks) if (mine) await query(transaction, command);
  const closed = lacks.find(({ kind, mine }) => kind === "schema" && !mine);
  if (closed !== undefined) {
    throw new AdminError(
      `Cannot share schema ${closed.name}: PUBLIC may not use it; let its owner run: ${closed.command}`,
    );
  }
  const tables = lacks.filter(({ kind }) => kind === "table");
  return {
    created,
    tables: tables.filter(({ mine }) => mine).map(({ name }) => name),
    revoked,
    unreadable: tables.filter(({ mine }) => !mine).map(({ name }) => name),
  };
}

/**
 * Takes from PUBLIC what {@link openSharedSchemas} gave it: the default privileges, and SELECT on tables that do not
 * belong to an extension. USAGE stays, and so does what PostgreSQL gives PUBLIC by itself.
 * @throws {AdminError} when objects of tenants depend on the schema
 */
export async function closeSharedSchemas(
  transaction: Transaction,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const dependents = await findDependents(transaction, name);
    if (dependents.length > 0) {
      const first = dependents.slice(0, MOST_NAMES).map(({ object }) => object);
      const more =
        dependents.length > MOST_NAMES ? ` and ${dependents.length - MOST_NAMES} more` : "";
      throw new AdminError(
        `Cannot stop sharing schema ${quoted(name)}: ${first.join(", ")}${more} depend on it; ` +
          "change these by a migration first",
      );
    }
  }
  const commands = await query<{ command: string }>(transaction, CLOSING, [names]);
  for (const { command } of commands) await query(transaction, command);
}

const CLOSING = `
  with shared as (select oid, nspname from pg_catalog.pg_namespace where nspname = any($1::text[]))
  select format('alter default privileges in schema %I revoke all on %s from public', nspname,
      case d.defaclobjtype when 'r' then 'tables' when 'f' then 'functions' else 'types' end) as command
    from shared
    join pg_catalog.pg_default_acl as d on d.defaclnamespace = shared.oid and d.defaclobjtype in ('r', 'f', 'T')
    join pg_catalog.pg_roles as me on me.oid = d.defaclrole and me.rolname = current_user
  union all
  select format('revoke select on %I.%I from public', nspname, c.relname)
    from shared join pg_catalog.pg_class as c on c.relnamespace = shared.oid
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_has_role(c.relowner, 'USAGE')
     and not exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::regclass
       and d.objid = c.oid and d.deptype = 'e')`;

interface SchemaState {
  readonly name: string;
  readonly isTenant: boolean;
  readonly exists: boolean;
}

function readStates(
  transaction: Transaction,
  names: readonly string[],
): Promise<readonly SchemaState[]> {
  return query<SchemaState>(
    transaction,
    `select name, exists (select from rowhouse.tenant as t where t.schema_name = name) as "isTenant",
       exists (select from pg_catalog.pg_namespace where nspname = name) as exists
       from unnest($1::text[]) with ordinality as s (name, place) order by place`,
    [names],
  );
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
