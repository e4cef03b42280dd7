// What makes a copy differ from its source, or keeps a backup from coming back: rules that old rows break, rules that
// look at other rows, what acts on rows as they are loaded, what was done since the migrations. Each is copied in
// every way; each is one that a system of this kind was reported for.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyInEveryWay, type Copies, type CopyCase } from "../support/copies.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const DOUBLE = `create function @double() returns trigger language plpgsql as 'begin new.n = new.n * 2; return new; end'`;
/** A part of the tenant. */
interface Case extends Pick<CopyCase, "migrations" | "later"> {
  readonly title: string;
  /** A query for what it has. */
  readonly read: string;
  readonly expected: unknown;
}

const CASES: readonly Case[] = [
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
    title: "a check that is not valid lets the old rows in that break it, and stays so",
    migrations: [
      ["create table @not_valid_t (v int)"],
      ["alter table @not_valid_t add constraint positive check (v >= 0) not valid"],
    ],
    later: [
      "alter table @not_valid_t drop constraint positive",
      "insert into @not_valid_t values (-5), (5)",
      "alter table @not_valid_t add constraint positive check (v >= 0) not valid",
    ],
    read: `select v, (select convalidated from pg_constraint where conrelid = '@not_valid_t'::regclass and contype = 'c') as valid
      from @not_valid_t order by v`,
    expected: [
      { v: -5, valid: false },
      { v: 5, valid: false },
    ],
  },
  {
    title: "a check that was validated since the migrations is valid",
    migrations: [
      [
        "create table @validated_t (v int)",
        "alter table @validated_t add check (v >= 0) not valid",
      ],
    ],
    later: [
      "insert into @validated_t values (5)",
      "alter table @validated_t validate constraint validated_t_v_check",
    ],
    read: `select v, convalidated as valid from @validated_t, pg_constraint where conrelid = '@validated_t'::regclass and contype = 'c'`,
    expected: [{ v: 5, valid: true }],
  },
  {
    title: "a domain's check that is not valid lets old values in",
    migrations: [
      [
        "create domain @domain_rule_d as int",
        "create table @domain_rule_t (v @domain_rule_d, many @domain_rule_d[])",
      ],
      ["alter domain @domain_rule_d add constraint positive check (value > 0) not valid"],
    ],
    later: [
      "alter domain @domain_rule_d drop constraint positive",
      "insert into @domain_rule_t values (-5, '{-1}')",
      "alter domain @domain_rule_d add constraint positive check (value > 0) not valid",
    ],
    read: `select v, convalidated as valid from @domain_rule_t, pg_constraint where contypid = '@domain_rule_d'::regtype and contype = 'c'`,
    expected: [{ v: -5, valid: false }],
  },
  {
    title: "a foreign key that is not valid lets old rows in",
    migrations: [
      [
        "create table @old_key_a (id int primary key)",
        "create table @old_key_b (a int)",
        "alter table @old_key_b add constraint to_a foreign key (a) references @old_key_a not valid",
      ],
    ],
    later: [
      "alter table @old_key_b drop constraint to_a",
      "insert into @old_key_b values (7)",
      "alter table @old_key_b add constraint to_a foreign key (a) references @old_key_a not valid",
    ],
    read: `select a, convalidated as valid from @old_key_b, pg_constraint where conname = 'to_a' and conrelid = '@old_key_b'::regclass`,
    expected: [{ a: 7, valid: false }],
  },
  {
    title: "a check whose function reads a table that is filled later",
    migrations: [
      [
        "create table @looks_elsewhere_z_limit (most int)",
        "create function @looks_elsewhere_allowed(n int) returns boolean language sql stable as 'select exists (select from @looks_elsewhere_z_limit where n <= most)'",
        "create table @looks_elsewhere_a_item (n int, constraint allowed check (@looks_elsewhere_allowed(n)))",
        "create domain @looks_elsewhere_small as int check (@looks_elsewhere_allowed(value))",
        "create table @looks_elsewhere_b_item (n @looks_elsewhere_small)",
        "create function @looks_elsewhere_most() returns int language sql immutable as 'select most from @looks_elsewhere_z_limit'",
        "create unique index found on @looks_elsewhere_a_item ((n + @looks_elsewhere_most()))",
        "create table @looks_elsewhere_c_item (n int, m int generated always as (n + @looks_elsewhere_most()) stored)",
      ],
    ],
    later: [
      "insert into @looks_elsewhere_z_limit values (5)",
      "insert into @looks_elsewhere_a_item values (5), (4)",
      "insert into @looks_elsewhere_b_item values (5)",
      "insert into @looks_elsewhere_c_item values (1)",
    ],
    read: `select a.n as a, b.n as b, c.m as c from @looks_elsewhere_a_item as a, @looks_elsewhere_b_item as b, @looks_elsewhere_c_item as c where a.n + @looks_elsewhere_most() = 10`,
    expected: [{ a: 5, b: 5, c: 6 }],
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

describe("a copy of a tenant whose rows are older than its rules", function () {
  this.timeout(60_000);
  let source: TestDatabase;
  let target: TestDatabase;
  let folder: string;
  let copies: Copies;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-old-rows-"));
    [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    copies = await copyInEveryWay(source, target, folder, {
      schemaName: "old",
      migrations: [[DOUBLE], ...CASES.flatMap(({ migrations }) => migrations)],
      later: CASES.flatMap(({ later }) => later),
    });
  });

  after(async () => {
    await Promise.all([source.drop(), target.drop()]);
    await rm(folder, { recursive: true });
  });

  for (const { title, read, expected } of CASES) {
    it(`clone, import, move and a backup keep ${title}`, async () => {
      for (const [way, ask] of Object.entries(copies)) {
        expect(await ask(read), way).to.deep.equal(expected);
      }
    });
  }
});
