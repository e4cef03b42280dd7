// The floors: the same commands on one bare connection for some schemas, and the least queries of the catalogs.

import pg from "pg";
import type { Cost, Meter } from "./measure.ts";
import { COLUMN_COMMANDS, tableCommands } from "./schema.ts";

/** The floors of the work on one tenant. */
export interface TenantFloors {
  readonly create: Cost;
  readonly migrate: Cost;
  readonly drop: Cost;
}

/** Makes, changes and drops so many schemas of its own, a transaction each. Returns the cost of one. */
export async function measureTenantFloors(
  url: string,
  meter: Meter,
  { sample, tables }: { readonly sample: number; readonly tables: number },
): Promise<TenantFloors> {
  const client = new pg.Client(url);
  await client.connect();
  const forEach = async (commands: (name: string) => readonly string[]): Promise<Cost> => {
    const cost = await meter.measure(async () => {
      for (let index = 0; index < sample; index += 1) {
        for (const text of commands(`floor_${index}`)) await client.query(text);
      }
    });
    return scale(cost, 1 / sample);
  };
  const within = (name: string, commands: readonly string[]): readonly string[] => [
    "begin",
    `set local search_path = ${name}`,
    ...commands,
    "commit",
  ];
  try {
    return {
      create: await forEach((name) =>
        within(name, [`create schema ${name}`, ...tableCommands(tables)]),
      ),
      migrate: await forEach((name) => within(name, COLUMN_COMMANDS)),
      drop: await forEach((name) => [
        "set client_min_messages = warning",
        `drop schema ${name} cascade`,
      ]),
    };
  } finally {
    await client.end();
  }
}

/** Measures one query on a new connection. */
export async function measureQuery(url: string, meter: Meter, text: string): Promise<Cost> {
  return meter.measure(async () => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await client.query("set jit = off");
      await client.query(text);
    } finally {
      await client.end();
    }
  });
}

/** Multiplies a cost. */
export function scale({ seconds, verbCpu, serverCpu, connectionMiB }: Cost, times: number): Cost {
  return {
    seconds: seconds * times,
    verbCpu: verbCpu * times,
    serverCpu: serverCpu * times,
    connectionMiB,
  };
}

/** Whether anything is to be done. */
export const ASK = "select count(*) from rowhouse.tenant where version < 1";

/** The registry's rows. */
export const LIST = "select * from rowhouse.tenant left join rowhouse.domain using (schema_name)";

/** Each relation of a tenant once. */
export const COUNT = `
  select count(*) from rowhouse.tenant as t
    join pg_namespace as n on n.nspname = t.schema_name
    join pg_class as c on c.relnamespace = n.oid`;

/** Each row of the catalogs that a definition comes from once. */
export const HASH: string = `select ${[
  "pg_class",
  "pg_attribute",
  "pg_attrdef",
  "pg_constraint",
  "pg_index",
]
  .map((catalog) => `(select sum(hashtextextended(c::text, 0)::numeric) from ${catalog} as c)`)
  .join(", ")}`;
