// Tables whose rows are have been acted on before, or are in what was made since, and what every copy of them must have.

import type { CopyCase } from "./copies.ts";

const DOUBLE = `create function @double() returns trigger language plpgsql as 'begin new.n = new.n * 2; return new; end'`;
/** A part of the tenant. */
export interface OldRows extends Pick<CopyCase, "migrations" | "later"> {
  readonly title: string;
  /** A query for what it has. */
  readonly read: string;
  readonly expected: unknown;
}

/** Parts of one tenant. */
export const OLD_ROWS: readonly OldRows[] = [
  {
    title: "the function of its migrations that several tables have",
    migrations: [[DOUBLE]],
    later: [],
    read: "select to_regproc('@double') is null as missing",
    expected: [{ missing: false }],
  },
  {
    title: "a BEFORE INSERT trigger of a partition alone does not fire again",
    migrations: [
      [
        "create table @part_trigger_event (day int, n int) partition by range (day)",
        "create table @part_trigger_event_1 partition of @part_trigger_event for values from (0) to (10)",
        "create trigger twice before insert on @part_trigger_event_1 for each row execute function @double()",
      ],
    ],
    later: ["insert into @part_trigger_event values (1, 1), (2, 2)"],
    read: "select n from @part_trigger_event order by n",
    expected: [{ n: 2 }, { n: 4 }],
  },
  {
    title: "a trigger that is disabled on one partition stays so, and fires on the others",
    migrations: [
      [
        "create table @part_state_event (day int, n int) partition by range (day)",
        "create table @part_state_event_1 partition of @part_state_event for values from (0) to (10)",
        "create table @part_state_event_2 partition of @part_state_event for values from (10) to (20)",
        "create trigger twice before insert on @part_state_event for each row execute function @double()",
      ],
    ],
    later: [
      "alter table @part_state_event_1 disable trigger twice",
      "alter table @part_state_event_2 enable always trigger twice",
      "insert into @part_state_event values (1, 1), (11, 2)",
    ],
    read: `select n, (select string_agg(tgenabled::text, '' order by tgrelid::regclass::text) from pg_trigger
      where tgname = 'twice' and tgrelid in ('@part_state_event'::regclass, '@part_state_event_1'::regclass, '@part_state_event_2'::regclass)) as states
      from @part_state_event order by n`,
    expected: [
      { n: 1, states: "ODA" },
      { n: 4, states: "ODA" },
    ],
  },
  {
    title: "rows that a migration put into tables with deferred foreign keys",
    migrations: [
      [
        "create table @seeded_a (id int primary key, b int)",
        "create table @seeded_b (id int primary key, a int references @seeded_a deferrable initially deferred)",
        "create trigger twice before insert on @seeded_b for each row execute function @double()",
        "alter table @seeded_b disable trigger twice",
        "insert into @seeded_b values (1, 1)",
        "insert into @seeded_a values (1, null)",
      ],
    ],
    later: ["insert into @seeded_b values (2, 1)", "delete from @seeded_b where id = 1"],
    read: "select id, a from @seeded_b",
    expected: [{ id: 2, a: 1 }],
  },
  {
    title: "materialized views made WITH NO DATA: refreshed since, and not",
    migrations: [
      [
        "create table @views_t (n int)",
        "create materialized view @views_b_total as select sum(n)::int as n from @views_t with no data",
        "create function @views_total() returns int language sql stable as 'select n from @views_b_total'",
        "create materialized view @views_a_total as select @views_total() as n with no data",
        "create materialized view @views_never as select 1 as n with no data",
      ],
    ],
    later: [
      "insert into @views_t values (1), (2)",
      "refresh materialized view @views_b_total",
      "refresh materialized view @views_a_total",
    ],
    read: `select a.n as a, b.n as b, relispopulated as never from @views_a_total as a, @views_b_total as b, pg_class where oid = '@views_never'::regclass`,
    expected: [{ a: 3, b: 3, never: false }],
  },
  {
    title: "partitions made since the migrations, and those that went",
    migrations: [
      [
        "create table @monthly_log (at date, kind text) partition by range (at)",
        "create table @monthly_log_2025 partition of @monthly_log for values from ('2025-01-01') to ('2026-01-01')",
        "create table @monthly_log_2026 partition of @monthly_log for values from ('2026-01-01') to ('2027-01-01')",
        "create table @monthly_log_rest partition of @monthly_log default",
        "insert into @monthly_log values ('2027-05-05', 'seed')",
      ],
    ],
    later: [
      "delete from @monthly_log",
      "drop table @monthly_log_2025",
      "alter table @monthly_log detach partition @monthly_log_2026",
      "insert into @monthly_log_2026 values ('2026-05-05', 'kept')",
      "create table @monthly_log_2027 partition of @monthly_log for values from ('2027-01-01') to ('2028-01-01') partition by list (kind)",
      `create table @"log 2027 it's" partition of @monthly_log_2027 for values in ('it''s', null, '\\')`,
      "insert into @monthly_log values ('2027-05-05', 'it''s')",
    ],
    read: `select tableoid::regclass::text like '%"log 2027 it''s"' as there, kind, (select kind from @monthly_log_2026) as kept,
      (select count(*)::int from pg_inherits where inhparent = '@monthly_log'::regclass) as partitions from @monthly_log`,
    expected: [{ there: true, kind: "it's", kept: "kept", partitions: 2 }],
  },
  {
    title: "comments, row security and storage that were changed by hand",
    migrations: [
      [
        "create table @by_hand_t (id int primary key, body text)",
        "comment on table @by_hand_t is 'Before'",
        "create policy all_of_it on @by_hand_t using (true)",
      ],
    ],
    later: [
      "comment on table @by_hand_t is 'It''s \\ since'",
      "alter table @by_hand_t enable row level security",
      "alter table @by_hand_t set (fillfactor = 50)",
      "alter table @by_hand_t alter body set storage external",
      "insert into @by_hand_t values (1, 'x')",
    ],
    read: `select obj_description(c.oid) as said, relrowsecurity as secured, reloptions as options, attstorage::text as storage
      from pg_class as c join pg_attribute as a on attrelid = c.oid and attname = 'body' where c.oid = '@by_hand_t'::regclass`,
    expected: [{ said: "It's \\ since", secured: true, options: ["fillfactor=50"], storage: "e" }],
  },
];
