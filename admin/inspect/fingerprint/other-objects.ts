// The queries for a schema's objects beside its relations: functions, types, operators, text search, collations.

/**
 * The owner of an object, as SQL, where it is neither the schema's nor an admin role: one that may write the
 * registry. Admin roles may take turns.
 */
export function owned(owner: string): string {
  return `case when ${owner} <> nspowner and not has_table_privilege(${owner}, 'rowhouse.tenant', 'UPDATE')
        then 'belongs to ' || ${owner}::regrole end`;
}

const FUNCTIONS = `
  select n.nspname, 'function "' || p.proname || '"(' || pg_get_function_identity_arguments(p.oid) || ')', '',
      concat_ws(' ', case p.prokind when 'a' then pg_get_function_result(p.oid)
          else pg_get_functiondef(p.oid) end,
        (select concat_ws(' ', 'aggregate', g.aggkind, a.functions, g.aggtranstype::regtype,
             'initially ' || g.agginitval, 'moving ' || g.aggmtranstype::regtype, 'from ' || g.aggminitval,
             'sorted by ' || nullif(g.aggsortop, 0)::regoper, g.aggfinalmodify, g.aggmfinalmodify)
           from pg_aggregate as g
          cross join lateral (
             select string_agg(nullif(f, 0)::regproc::text, ' ') as functions
               from unnest(array[g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn, g.aggdeserialfn,
                 g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn]::oid[]) as f
           ) as a
          where g.aggfnoid = p.oid),
        ${owned("p.proowner")})
    from inside as n join pg_proc as p on n.classid = 'pg_proc'::regclass and p.oid = n.objid`;

// Most constraints belong to tables: without conrelid, PostgreSQL expects all of them for a type, and reads the whole catalog
// for each.
const TYPES = `
  select n.nspname, 'type "' || t.typname || '"', '', concat_ws(' ', case t.typtype
      when 'e' then (select 'enum ' || string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
        from pg_enum as e where e.enumtypid = t.oid)
      when 'd' then concat_ws(' ', 'domain', format_type(t.typbasetype, t.typtypmod),
        (select 'collate ' || t.typcollation::regcollation from pg_type as b
          where b.oid = t.typbasetype and b.typcollation <> t.typcollation),
        case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
        (select string_agg(pg_get_constraintdef(c.oid), ' ' order by c.conname)
           from pg_constraint as c where c.conrelid = 0 and c.contypid = t.oid and c.contype <> 'n'))
      else (select concat_ws(' ', 'range of', format_type(r.rngsubtype, null),
          'collate ' || nullif(r.rngcollation, 0)::regcollation, nullif(r.rngcanonical, 0)::regproc,
          nullif(r.rngsubdiff, 0)::regproc)
        from pg_range as r where r.rngtypid = t.oid) end,
      ${owned("t.typowner")})
    from inside as n join pg_type as t on n.classid = 'pg_type'::regclass and t.oid = n.objid and t.typtype in ('d', 'e', 'r')`;

const OPERATORS = `
  select n.nspname, 'operator "' || o.oprname || '"(' || concat_ws(', ', nullif(o.oprleft, 0)::regtype,
      nullif(o.oprright, 0)::regtype) || ')', '', concat_ws(' ', o.oprcode, o.oprresult::regtype,
      'commutator ' || nullif(o.oprcom, 0)::regoperator, 'negator ' || nullif(o.oprnegate, 0)::regoperator,
      'restrict ' || nullif(o.oprrest, 0)::regproc, 'join ' || nullif(o.oprjoin, 0)::regproc,
      case when o.oprcanmerge then 'merges' end, case when o.oprcanhash then 'hashes' end,
      ${owned("o.oprowner")})
    from inside as n join pg_operator as o on n.classid = 'pg_operator'::regclass and o.oid = n.objid`;

const OPERATOR_FAMILIES = `
  select n.nspname, 'operator family "' || f.opfname || '"', '', concat_ws(' ', m.amname,
      (select string_agg(concat_ws(' ', a.amopstrategy, a.amopopr::regoperator, a.amoppurpose), ', '
           order by a.amopstrategy, a.amopopr::regoperator::text collate "C")
         from pg_amop as a where a.amopfamily = f.oid),
      (select string_agg(concat_ws(' ', a.amprocnum, a.amproc), ', '
           order by a.amprocnum, a.amproc::text collate "C")
         from pg_amproc as a where a.amprocfamily = f.oid))
    from inside as n
    join pg_opfamily as f on n.classid = 'pg_opfamily'::regclass and f.oid = n.objid
    join pg_am as m on m.oid = f.opfmethod
  union all
  select n.nspname, 'operator class "' || c.opcname || '"', '', concat_ws(' ', m.amname, c.opcintype::regtype,
      case when c.opcdefault then 'default' end, 'storage ' || nullif(c.opckeytype, 0)::regtype,
      ${owned("c.opcowner")})
    from inside as n
    join pg_opclass as c on n.classid = 'pg_opclass'::regclass and c.oid = n.objid
    join pg_am as m on m.oid = c.opcmethod`;

const TEXT_SEARCH = `
  select n.nspname, 'text search configuration "' || c.cfgname || '"', '', concat_ws(' ',
      (select prsname from pg_ts_parser as p where p.oid = c.cfgparser),
      (select string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', '
           order by m.maptokentype, m.mapseqno)
         from pg_ts_config_map as m where m.mapcfg = c.oid),
      ${owned("c.cfgowner")})
    from inside as n join pg_ts_config as c on n.classid = 'pg_ts_config'::regclass and c.oid = n.objid
  union all
  select n.nspname, 'text search dictionary "' || d.dictname || '"', '', concat_ws(' ',
      (select tmplname from pg_ts_template as t where t.oid = d.dicttemplate), d.dictinitoption,
      ${owned("d.dictowner")})
    from inside as n join pg_ts_dict as d on n.classid = 'pg_ts_dict'::regclass and d.oid = n.objid
  union all
  select n.nspname, 'text search parser "' || p.prsname || '"', '',
      concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype)
    from inside as n join pg_ts_parser as p on n.classid = 'pg_ts_parser'::regclass and p.oid = n.objid
  union all
  select n.nspname, 'text search template "' || t.tmplname || '"', '', concat_ws(' ', t.tmplinit, t.tmpllexize)
    from inside as n join pg_ts_template as t on n.classid = 'pg_ts_template'::regclass and t.oid = n.objid`;

// The locale's column has different names in 15, 16 and 17. Versions depend on the server, and are not compared.
const COLLATIONS = `
  select n.nspname, 'collation "' || c.collname || '"', '', concat_ws(' ',
      (to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[])::text,
      ${owned("c.collowner")})
    from inside as n join pg_collation as c on n.classid = 'pg_collation'::regclass and c.oid = n.objid
  union all
  select n.nspname, 'conversion "' || c.conname || '"', '', concat_ws(' ',
      pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc,
      case when c.condefault then 'default' end)
    from inside as n join pg_conversion as c on n.classid = 'pg_conversion'::regclass and c.oid = n.objid`;

// PostgreSQL's own casts have lower numbers: https://www.postgresql.org/docs/current/system-catalog-initial-data.html
const CASTS = `
  select n.nspname, 'cast (' || format_type(c.castsource, null) || ' as ' || format_type(c.casttarget, null) || ')',
      '', concat_ws(' ', nullif(c.castfunc, 0)::regprocedure, c.castcontext, c.castmethod)
    from pg_cast as c
   cross join unnest(array[c.castsource, c.casttarget]) as side (oid)
    join pg_type as t on t.oid = side.oid
    join namespace as n on n.oid = t.typnamespace
   where c.oid >= 16384`;

/** The queries, each for `schema, owner, part, definition`; they use the tables `namespace` and `inside` of the WITH. */
export const OTHER_OBJECTS: readonly string[] = [
  FUNCTIONS,
  TYPES,
  OPERATORS,
  OPERATOR_FAMILIES,
  TEXT_SEARCH,
  COLLATIONS,
  CASTS,
];
