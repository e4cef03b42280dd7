// Compares home's pointers with what the other databases have.

import { describeDatabaseError } from "../command/database-error.ts";
import { type Finding, judge } from "../doctor/finding.ts";
import { commandFor } from "../program/form.ts";
import { variableOf } from "../registry/others.ts";
import { readRows, type Registry } from "../registry/registry.ts";
import { findDatabase } from "./find.ts";

const CHECK = "pointers";
const MOST_NAMES = 3;
const MOST_IN_COMMAND = 50;

interface Pointer {
  readonly schemaName: string;
  readonly database: string;
  readonly hosts: readonly string[];
}

interface Present {
  readonly schemaName: string;
  readonly hosts: readonly string[];
}

const POINTERS = `
  select schema_name as "schemaName", database, array(select host from rowhouse.domain as d
      where d.schema_name = p.schema_name and d.database is not null) as hosts
    from rowhouse.pointer as p order by schema_name collate "C"`;

// A row beside a pointer is what a move left. A tenant that is arriving may still have home's pointer to its origin.
const PRESENT = `
  select schema_name as "schemaName",
      array(select host from rowhouse.domain as d where d.schema_name = t.schema_name and d.database is null) as hosts
    from rowhouse.tenant as t
   where transition is distinct from 'arriving'
     and not exists (select from rowhouse.pointer as p where p.schema_name = t.schema_name)
   order by schema_name collate "C"`;

/** Examines the pointers of home. It changes nothing; a database that cannot be asked is a finding. */
export async function examinePointers(home: Registry): Promise<readonly Finding[]> {
  const pointers = await readRows<Pointer>(home, POINTERS);
  const names = home.others.names;
  const unknown = pointers.filter(({ database }) => !names.includes(database));
  const [first] = unknown;
  const findings: Finding[] = [];
  if (first !== undefined) {
    findings.push({
      level: "unsafe",
      check: CHECK,
      seen: `${list(unknown)}: database "${first.database}" is not configured`,
      advice: `set ${variableOf(first.database)}`,
    });
  }
  for (const name of names) {
    const own = pointers.filter(({ database }) => database === name);
    try {
      const present = await readRows<Present>(await findDatabase(home, name), PRESENT);
      const twins = await findTwins(home, name, present);
      findings.push(...compare(name, own, present, twins));
    } catch (error) {
      const seen = `database "${name}" was not asked: ${describeDatabaseError(error, variableOf(name))}`;
      const advice = "mend that, and run the doctor again";
      findings.push({ level: "unsafe", check: CHECK, seen, advice });
    }
  }
  return findings;
}

/** Returns those of these tenants whose name home has for itself, or for another database. */
async function findTwins(
  home: Registry,
  name: string,
  present: readonly Present[],
): Promise<ReadonlySet<string>> {
  const rows = await readRows<{ schemaName: string }>(
    home,
    `select t.schema_name as "schemaName" from rowhouse.tenant as t left join rowhouse.pointer as p using (schema_name)
      where t.schema_name = any($2::text[]) and p.database is distinct from $1
     union select schema_name from rowhouse.pointer where schema_name = any($2::text[]) and database <> $1`,
    [name, present.map(({ schemaName }) => schemaName)],
  );
  return new Set(rows.map(({ schemaName }) => schemaName));
}

function compare(
  name: string,
  pointers: readonly Pointer[],
  present: readonly Present[],
  twins: ReadonlySet<string>,
): readonly Finding[] {
  const here = new Map(present.map((tenant) => [tenant.schemaName, tenant.hosts]));
  const led = new Map(pointers.map((pointer) => [pointer.schemaName, pointer.hosts]));
  const lost = pointers.filter(({ schemaName }) => !here.has(schemaName));
  const twin = present.filter(({ schemaName }) => twins.has(schemaName));
  const unled = present.filter(({ schemaName }) => !led.has(schemaName) && !twins.has(schemaName));
  const names = unled.slice(0, MOST_IN_COMMAND).map(({ schemaName }) => schemaName);
  const lacking = present.filter(({ schemaName, hosts }) =>
    hosts.some((host) => led.has(schemaName) && led.get(schemaName)?.includes(host) !== true),
  );
  const excess = pointers.filter(({ schemaName, hosts }) =>
    hosts.some((host) => here.has(schemaName) && here.get(schemaName)?.includes(host) !== true),
  );
  const problems: Finding[] = [
    ...problem(
      lost,
      `home points to database "${name}", which does not have the tenant`,
      `run the move, the creation or the rename that was ended again; or take the pointer away with ${commandFor("drop-tenant")}`,
    ),
    ...problem(
      unled,
      `the tenant is in database "${name}", and home has no pointer to it, so that requests do not find it`,
      `run ${commandFor("adopt-tenants")} --schemas ${names.join(",")} --database ${name}`,
    ),
    ...problem(
      twin,
      `the tenant is in database "${name}", and home has another one of the name`,
      `decide which of them counts, and drop the other one, with ADMIN_DATABASE_URL of its database`,
    ),
    ...problem(
      lacking,
      `a host of the tenant in database "${name}" is missing at home`,
      `remove the host and add it again with ${commandFor("add-domain")}`,
    ),
    ...problem(
      excess,
      `home has a host that the tenant in database "${name}" lacks`,
      `run ${commandFor("add-domain")} or ${commandFor("remove-domain")} for it again`,
    ),
  ];
  const well = `home's ${pointers.length} pointers to database "${name}" lead to its tenants and their hosts`;
  return problems.length > 0 ? problems : [judge(CHECK, true, well, "warn", "", "")];
}

function problem(
  tenants: readonly { readonly schemaName: string }[],
  seen: string,
  advice: string,
): readonly Finding[] {
  if (tenants.length === 0) return [];
  return [{ level: "warn", check: CHECK, seen: `${list(tenants)}: ${seen}`, advice }];
}

function list(tenants: readonly { readonly schemaName: string }[]): string {
  const names = tenants.slice(0, MOST_NAMES).map(({ schemaName }) => JSON.stringify(schemaName));
  const more = tenants.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
