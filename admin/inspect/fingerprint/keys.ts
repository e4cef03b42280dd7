// The queries for constraints and indexes of relations, each for `schema, owner, part, definition` over the table `relation`
// of the WITH: with definitions as text, and with facts of the catalogs for a hash. The text costs two to four times as
// much, since PostgreSQL looks up each name for it and keeps what it has met in the session's memory: 6 kB of an index, 1 kB
// of a constraint. Equal objects have equal facts; where facts are not enough, the text stands in their place.

const B_TREE = 403;
// Numbers of objects that are not PostgreSQL's own differ between schemas.
// https://www.postgresql.org/docs/current/system-catalog-initial-data.html
const FIRST_OWN = 16_384;

const columns = (numbers: string, relation: string): string => `(
        select string_agg(quote_ident(a.attname), ' ' order by k.place)
          from unnest(${numbers}) with ordinality as k (number, place)
          join pg_attribute as a on a.attrelid = ${relation} and a.attnum = k.number)`;

const constraintsWith = (definition: string, joins = ""): string => `
  select r.schema, r.owner, 'constraint "' || c.conname || '"', ${definition}
    from relation as r
    join pg_constraint as c on c.conrelid = r.oid and c.contype not in ('n', 't')
    left join pg_constraint as p on p.oid = c.conparentid ${joins}
   where p.conrelid is distinct from c.conrelid`;

const CONSTRAINT_TEXT = "pg_get_constraintdef(c.oid)";

export const CONSTRAINTS: string = constraintsWith(CONSTRAINT_TEXT);

// One that is not enforced is not valid, and one with a period has an index that is not a B-tree.
export const HASHED_CONSTRAINTS: string = constraintsWith(
  `case
      when c.contype in ('p', 'u', 'f') and c.convalidated and x.relam = ${B_TREE} then
        concat_ws(' ', c.contype, c.condeferrable, c.condeferred, ${columns("c.conkey", "c.conrelid")},
          case when c.contype = 'f' then concat_ws(' ', (
              select 'references ' || s.nspname || '.' || f.relname
                from pg_class as f join pg_namespace as s on s.oid = f.relnamespace where f.oid = c.confrelid),
            ${columns("c.confkey", "c.confrelid")}, c.confupdtype, c.confdeltype, c.confmatchtype,
            ${columns("c.confdelsetcols", "c.conrelid")})
          else (
            select concat_ws(' ', i.indnullsnotdistinct, i.indnkeyatts, ${columns("i.indkey::int2[]", "i.indrelid")},
                x.reloptions::text, x.reltablespace)
              from pg_index as i where i.indexrelid = c.conindid) end)
      else ${CONSTRAINT_TEXT} end`,
  "left join pg_class as x on x.oid = c.conindid",
);

const indexesWith = (definition: string): string => `
  select r.schema, r.owner, 'index "' || x.relname || '"', ${definition}
    from relation as r
    join pg_index as i on i.indrelid = r.oid
    join pg_class as x on x.oid = i.indexrelid
    left join pg_constraint as c on c.conrelid = r.oid and c.conindid = i.indexrelid
      and c.contype in ('p', 'u', 'x')
   where c.oid is null or not i.indisvalid`;

const INDEX_TEXT = `pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' invalid' end`;

export const INDEXES: string = indexesWith(INDEX_TEXT);

export const HASHED_INDEXES: string = indexesWith(
  `case when i.indexprs is null and i.indpred is null and x.relam = ${B_TREE}
          and ${FIRST_OWN} > all (i.indclass::oid[] || i.indcollation::oid[]) then
        concat_ws(' ', i.indisunique, i.indnullsnotdistinct, i.indisvalid, i.indnkeyatts, i.indclass, i.indcollation,
          i.indoption, x.reloptions::text, x.reltablespace, ${columns("i.indkey::int2[]", "i.indrelid")})
      else ${INDEX_TEXT} end`,
);
