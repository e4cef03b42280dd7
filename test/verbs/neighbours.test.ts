// A verb for one tenant reads that tenant's part of the catalogs, however large the other schemas are. PostgreSQL counts the
// rows that it reads of each catalog.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import process from "node:process";
import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { until } from "../support/until.ts";
import { performVerb } from "../support/program/verb.ts";

const NEIGHBOURS = 250;
const CATALOGS =
  "pg_class,pg_attribute,pg_constraint,pg_depend,pg_description,pg_index,pg_type,pg_sequence";
const ARCHIVE = join(tmpdir(), `rowhouse-neighbours-${process.pid}.zip`);

describe("a verb for one tenant", () => {
  const database = useDatabase({ acme: "acme.example", other: "other.example" });

  const readCounts = async (): Promise<ReadonlyMap<string, number>> => {
    await until("the verb's connections are open", async () => {
      const [row] = await database.sql<{ open: number }>(
        `select count(*)::int as open from pg_stat_activity
          where datname = current_database() and application_name = 'rowhouse-admin'`,
      );
      return row?.open === 0;
    });
    const rows = await database.sql<{ catalog: string; count: number }>(
      `select c.oid::regclass::text as catalog, (pg_stat_get_tuples_returned(c.oid) + (
           select sum(pg_stat_get_tuples_returned(indexrelid)) from pg_index where indrelid = c.oid))::int as count
         from unnest('{${CATALOGS}}'::regclass[]) as c (oid)`,
    );
    return new Map(rows.map(({ catalog, count }) => [catalog, count]));
  };

  /** Runs the verbs. Returns how many rows each read, by verb and catalog. */
  const measure = async (): Promise<ReadonlyMap<string, number>> => {
    const found = new Map<string, number>();
    // PostgreSQL fills its own caches anew after many changes.
    await performVerb({ adminUrl: database.adminUrl }, "status");
    for (const [name = "", ...parameters] of [
      ["status", "--tenants", "acme"],
      ["repair", "acme"],
      ["export-tenant", "acme", ARCHIVE],
      ["clone-tenant", "acme", "copy", "copy.example"],
      ["rename-tenant", "copy", "renamed"],
      ["drop-tenant", "renamed", "--confirm", "renamed", "--no-backup"],
    ]) {
      const before = await readCounts();
      const { status, stderr } = await performVerb(
        { adminUrl: database.adminUrl },
        name,
        ...parameters,
      );
      expect([status, stderr]).to.deep.equal([0, ""]);
      for (const [catalog, count] of await readCounts()) {
        found.set(`${name}: ${catalog}`, count - (before.get(catalog) ?? 0));
      }
    }
    await rm(ARCHIVE);
    return found;
  };

  it("does not read the catalogs of its neighbours", async () => {
    // PostgreSQL likes to read a small catalog as a whole. It must not need to.
    await database.sql(
      ...["seqscan", "hashjoin", "mergejoin"].map(
        (way) => `alter database ${database.name} set enable_${way} = off`,
      ),
    );
    const alone = await measure();
    await database.sql(
      `do $$ begin
         create schema crowd;
         for number in 1 .. ${NEIGHBOURS} loop
           execute format('create table crowd.t%s (id int generated always as identity primary key, more int check (more > 0))', number);
           execute format('comment on table crowd.t%s is ''one of many''', number);
         end loop; end $$`,
      "select pg_stat_force_next_flush()",
    );
    const among = await measure();
    const grown = [...among]
      .map(([place, count]) => ({ place, more: count - (alone.get(place) ?? 0) }))
      .filter(({ more }) => more >= NEIGHBOURS);
    expect(grown).to.deep.equal([]);
  });
});
