// An application that has the example's tables in schemas of its own, made without Rowhouse, by a role of its own.

import type { TestDatabase } from "./database.ts";
import { SERVICE_PASSWORD } from "../server/server.ts";
import { performVerb, runVerb, type VerbResult } from "../program/verb.ts";

/** The commands that make a schema with the tables of a version of the example, and a row. */
export function makeSchema(owner: string, schema: string, version = 2): string[] {
  return [
    `create schema "${schema}" authorization ${owner}`,
    `set role ${owner}`,
    `create table "${schema}".data (key integer primary key, value integer not null)`,
    ...(version === 1
      ? []
      : [`alter table "${schema}".data add updated_at timestamptz not null default now()`]),
    `insert into "${schema}".data values (42, 7)`,
    "reset role",
  ];
}

/** The application in a test's database. */
export interface OldApplication {
  /** Its role, which may log in. */
  readonly role: string;
  /** Another role, which owns nothing yet. */
  readonly other: string;
  /** Makes schemas, each with the tables of a version. */
  make(schemas: readonly string[], version?: number): Promise<void>;
  /** Runs adopt-tenants. */
  adopt(...parameters: readonly string[]): Promise<VerbResult>;
  /** Runs adopt-tenants with a list on standard input. */
  pipe(input: string, ...parameters: readonly string[]): Promise<VerbResult>;
  /** The tenants whose schemas begin with a text: `schema version {hosts}`. */
  list(prefix: string): Promise<readonly string[]>;
}

/** Makes the application's roles before the suite's tests, and drops them behind. */
export function useOldApplication(database: TestDatabase): OldApplication {
  const [role, other] = [`${database.name}_app`, `${database.name}_other`];
  before(() =>
    database.sql(
      `create role ${role} login password '${SERVICE_PASSWORD}'`,
      `create role ${other}`,
    ),
  );
  after(() =>
    database.sql(
      ...[role, other].flatMap((name) => [`drop owned by ${name} cascade`, `drop role ${name}`]),
    ),
  );
  return {
    role,
    other,
    async make(schemas, version) {
      await database.sql(...schemas.flatMap((schema) => makeSchema(role, schema, version)));
    },
    adopt: (...parameters) => runVerb(database.adminUrl, "adopt-tenants", ...parameters),
    pipe: (input, ...parameters) =>
      performVerb({ adminUrl: database.adminUrl, input }, "adopt-tenants", "-", ...parameters),
    async list(prefix) {
      const rows = await database.sql<{ text: string }>(
        `select concat_ws(' ', schema_name, version, array_agg(host order by host)) as text
           from rowhouse.tenant left join rowhouse.domain using (schema_name)
          where schema_name like '${prefix}%' group by schema_name, version order by 1`,
      );
      return rows.map(({ text }) => text);
    },
  };
}
