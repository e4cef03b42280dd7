// Strips a schema's tables of everything that may object to rows or act on them, and restores it, as pg_dump does:
// structure, rows, and then constraints, indexes, row security, materialized views and triggers, each as it was.
// Objects that cannot object stay in place: primary keys and other constraints with an index, NOT NULL, checks that
// use only PostgreSQL's own functions, rules (COPY does not apply them), policies (the owner is exempt).
// https://www.postgresql.org/docs/current/sql-copy.html

import type { ClientBase } from "pg";
import { readConstraintSteps } from "./constraints.ts";
import { readIndexSteps } from "./indexes.ts";
import { RELATION } from "./relation-query.ts";
import { putBack, putBackInRounds, readSteps, takeOff } from "./step.ts";

// Triggers of partitions, too: a trigger may exist on one partition only, or be disabled there only.
const TRIGGERS = `
  ${RELATION}
  select format('alter table only %s disable trigger %I', r.place, t.tgname) as off,
      format('alter table only %s enable %s trigger %I', r.place,
        case t.tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, t.tgname) as on
    from relation as r join pg_trigger as t on t.tgrelid = r.oid
   where not t.tgisinternal and t.tgenabled <> 'D' and r.relkind in ('r', 'p', 'f')
   order by t.oid`;

// PostgreSQL refuses COPY into a table whose row security applies to the owner.
const FORCED = `
  ${RELATION}
  select format('alter table %s no force row level security', r.place) as off,
      format('alter table %s force row level security', r.place) as on
    from relation as r where r.relforcerowsecurity
   order by r.oid`;

// A view that is not populated fails the views that need it; one that is populated from empty tables would not.
const VIEWS = `
  ${RELATION}
  select format('refresh materialized view %s with no data', r.place) as off,
      format('refresh materialized view %s', r.place) as on
    from relation as r where r.relkind = 'm' and r.relispopulated
   order by r.oid`;

/**
 * Lets `load` fill the empty tables of a schema that the transaction has made.
 * @throws PostgreSQL's error when the rows break a constraint that is put back
 */
export async function withBareTables(
  client: ClientBase,
  schemaName: string,
  load: () => Promise<void>,
): Promise<void> {
  const [triggers, forced, views] = [
    await readSteps(client, schemaName, TRIGGERS),
    await readSteps(client, schemaName, FORCED),
    await readSteps(client, schemaName, VIEWS),
  ];
  const { foreignKeys, checks, domains } = await readConstraintSteps(client, schemaName);
  const indexes = await readIndexSteps(client, schemaName);
  for (const steps of [triggers, forced, views, foreignKeys]) await takeOff(client, steps);
  // Triggers of a parent first: only then do those of its children stand alone.
  await takeOff(client, checks.toReversed());
  for (const steps of [domains, indexes]) await takeOff(client, steps);
  await load();
  await client.query("set constraints all immediate");
  const rest = await putBackInRounds(client, [...domains, ...checks, ...indexes]);
  await putBack(client, foreignKeys);
  await putBack(client, forced);
  // A view has the rows that its owner sees, and a check's function may read a view.
  await client.query("set local row_security to on");
  const last = await putBackInRounds(client, [...(rest?.steps ?? []), ...views]);
  if (last !== undefined) throw last.error;
  await putBack(client, triggers);
}
