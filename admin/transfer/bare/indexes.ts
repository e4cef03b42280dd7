// Indexes that do not belong to a constraint. Building them after the rows takes a third of the time. An index over
// one of the application's own functions would hold other values before every table is filled, or refuse rows.

import type { ClientBase } from "pg";
import { RELATION } from "./relation-query.ts";
import { readSteps, type Step } from "./step.ts";

// pg_constraint has an index by table, and none by index: without the table, each index would cost a look at all constraints of
// the database. An index of a partitioned table is assembled from those of its partitions, so that these keep their names.
const INDEXES = `
  ${RELATION}, own as (
    select x.*, i.inhparent as parent
      from relation as r
      join pg_index as n on n.indrelid = r.oid
      join relation as x on x.oid = n.indexrelid
      left join pg_inherits as i on i.inhrelid = x.oid
     where not exists (select from pg_constraint as c
       where c.conrelid = r.oid and c.conindid = x.oid and c.contype in ('p', 'u', 'x'))
  )
  select case when o.parent is null then 'drop index ' || o.place else '' end as off, pg_get_indexdef(o.oid) as on,
      1 as phase, o.depth, o.oid
    from own as o
  union all
  select '', format('alter index %s attach partition %s', p.place, o.place), 2, o.depth, o.oid
    from own as o join relation as p on p.oid = o.parent
   order by phase, depth desc, oid`;

/** Reads the indexes of a schema that are taken off and put back. */
export function readIndexSteps(client: ClientBase, schemaName: string): Promise<readonly Step[]> {
  return readSteps(client, schemaName, INDEXES);
}
