// Rules that old rows break, and rules that look at other rows, and what every copy of their tables must have.

import type { OldRows } from "./old-rows.ts";

const NOT_NULL = `do $x$ begin if current_setting('server_version_num')::int >= 180000 then
  execute 'alter table @null_t add constraint filled not null v not valid'; end if; end $x$`;

/** Parts of one tenant. */
export const OLD_RULES: readonly OldRows[] = [
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
    title: "a NOT NULL that is not valid, where PostgreSQL has that (18)",
    migrations: [["create table @null_t (v int)"], [NOT_NULL]],
    later: [
      "alter table @null_t drop constraint if exists filled",
      "insert into @null_t values (null)",
      NOT_NULL,
    ],
    read: `select v, (select count(*)::int from pg_constraint where conrelid = '@null_t'::regclass and not convalidated)
      = (current_setting('server_version_num')::int >= 180000)::int as open from @null_t`,
    expected: [{ v: null, open: true }],
  },
];
