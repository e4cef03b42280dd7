// The promise: what PostgreSQL stores is what a handler and a client get, on Node and Deno and in any time zone.

import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { findDeno } from "../../../admin/development/runtime.ts";
import { parseTime } from "../../../src/database/values/time.ts";
import { useDatabase } from "../../support/database/database.ts";

const HOST = "acme.example";
const PROGRAM = fileURLToPath(new URL("../../support/program/values-program.js", import.meta.url));

/** A column: its type and its value in SQL, what a handler gets, and what a client gets. */
const COLUMNS: Readonly<
  Record<string, readonly [type: string, sql: string, read: string, json: unknown]>
> = {
  yes: ["boolean", "true", "boolean true", true],
  small: ["int2", "-32768", "number -32768", -32768],
  whole: ["int4", "2147483647", "number 2147483647", 2147483647],
  large: ["int8", "9223372036854775807", "string 9223372036854775807", "9223372036854775807"],
  exact: ["numeric", "0.10", "string 0.10", "0.10"],
  not_exact: ["numeric", "'NaN'", "string NaN", "NaN"],
  real: ["float4", "1.5", "number 1.5", 1.5],
  nan: ["float8", "'NaN'", "number NaN", "NaN"],
  endless: ["float8", "'-Infinity'", "number -Infinity", "-Infinity"],
  bytes: ["bytea", String.raw`'\x00ff'`, "bytes 0 255", String.raw`\x00ff`],
  words: ["text", "'é \"'", 'string é "', 'é "'],
  stamp: [
    "timestamptz",
    "'2024-07-01 12:00:00.123456+02'",
    "Date 2024-07-01T10:00:00.123Z",
    "2024-07-01T10:00:00.123Z",
  ],
  plain: [
    "timestamp",
    "'2024-01-15 12:00:00.123'",
    "Date 2024-01-15T12:00:00.123Z",
    "2024-01-15T12:00:00.123Z",
  ],
  night: [
    "timestamp",
    "'2024-03-10 02:30:00'",
    "Date 2024-03-10T02:30:00.000Z",
    "2024-03-10T02:30:00.000Z",
  ],
  day: ["date", "'2024-02-29'", "Date 2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"],
  early: ["date", "'0099-12-31'", "Date 0099-12-31T00:00:00.000Z", "0099-12-31T00:00:00.000Z"],
  forever: ["timestamptz", "'infinity'", "number Infinity", "Infinity"],
  never: ["date", "'-infinity'", "number -Infinity", "-Infinity"],
  caesar: ["date", "'0044-03-15 BC'", "string 0044-03-15 BC", "0044-03-15 BC"],
  long_ago: [
    "timestamp",
    "'0044-03-15 12:00 BC'",
    "string 0044-03-15 12:00:00 BC",
    "0044-03-15 12:00:00 BC",
  ],
  amsterdam: [
    "timestamptz",
    "'1880-01-01 00:00:00+00:19:32'",
    "Date 1879-12-31T23:40:28.000Z",
    "1879-12-31T23:40:28.000Z",
  ],
  clock: ["time", "'24:00'", "string 24:00:00", "24:00:00"],
  span: [
    "interval",
    "'1 mon -2 days 03:04:05.5'",
    "string 1 mon -2 days +03:04:05.5",
    "1 mon -2 days +03:04:05.5",
  ],
  id: [
    "uuid",
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    "string a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
  ],
  tree: [
    "jsonb",
    `'{"__proto__": [1, null], "a": "b"}'`,
    'object {"a":"b","__proto__":[1,null]}',
    JSON.parse('{"a":"b","__proto__":[1,null]}'),
  ],
  mood: ["mood", "'fine'", "string fine", "fine"],
  spot: ["point", "'(1,2)'", "string (1,2)", "(1,2)"],
  numbers: [
    "int4[]",
    "'{{1,NULL},{3,4}}'",
    "[[number 1, null], [number 3, number 4]]",
    [
      [1, null],
      [3, 4],
    ],
  ],
  amounts: ["numeric[]", "'{0.10,NaN}'", "[string 0.10, string NaN]", ["0.10", "NaN"]],
  texts: [
    "text[]",
    `'{"a,b",NULL,"NULL"}'`,
    "[string a,b, null, string NULL]",
    ["a,b", null, "NULL"],
  ],
  stamps: [
    "timestamp[]",
    "'{2024-01-15 12:00:00}'",
    "[Date 2024-01-15T12:00:00.000Z]",
    ["2024-01-15T12:00:00.000Z"],
  ],
  mixed: [
    "timestamptz[]",
    "'{infinity,0044-03-15 12:00:00+00 BC}'",
    "[number Infinity, string 0044-03-15 12:00:00+00 BC]",
    ["Infinity", "0044-03-15 12:00:00+00 BC"],
  ],
  spans: [
    "interval[]",
    "'{1 day,02:00:00}'",
    "[string 1 day, string 02:00:00]",
    ["1 day", "02:00:00"],
  ],
  boxes: [
    "box[]",
    "'{(1,1),(0,0);(2,2),(0,0)}'",
    "[string (1,1),(0,0), string (2,2),(0,0)]",
    ["(1,1),(0,0)", "(2,2),(0,0)"],
  ],
  ranges: ["int4range[]", "'{\"[1,5)\"}'", "[string [1,5)]", ["[1,5)"]],
  nothing: ["text", "null", "null", null],
} as never;
// An object literal takes this name for its prototype.
const PROTO = ["__proto__", ["text", "'own'", "string own", "own"]] as const;
const ALL = [...Object.entries(COLUMNS), PROTO] as const;

describe("values", () => {
  const database = useDatabase({ acme: HOST });

  before(() =>
    database.sql(
      "create type acme.mood as enum ('fine')",
      `create table acme.sample (${ALL.map(([name, [type]]) => `"${name}" ${type === "mood" ? "acme.mood" : type}`).join(", ")})`,
      `insert into acme.sample values (${ALL.map(([, [, sql]]) => sql).join(", ")})`,
      "grant select on acme.sample to public",
    ),
  );

  for (const [runtime, timeZone] of [
    ["node", "UTC"],
    ["node", "America/New_York"],
    ["node", "Pacific/Chatham"],
    ["deno", "America/New_York"],
  ] as const) {
    it(`a handler and a client get what is stored, on ${runtime} with TZ=${timeZone}`, async () => {
      const [file, parameters] =
        runtime === "node"
          ? [process.execPath, [PROGRAM]]
          : [findDeno(), ["run", "-A", PROGRAM.replace(/js$/, "ts")]];
      const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], TZ: timeZone };
      const { stdout } = await promisify(execFile)(
        file,
        [...parameters, database.serviceUrl, HOST],
        { env },
      );
      const found = JSON.parse(stdout) as Record<
        "read" | "same" | "client",
        Record<string, unknown>
      >;
      expect(Object.entries(found.read)).to.have.deep.members(
        ALL.map(([name, [, , read]]) => [name, read]),
      );
      expect(Object.entries(found.client)).to.have.deep.members(
        ALL.map(([name, [, , , json]]) => [name, json]),
      );
      expect(found.same).to.deep.equal({ stamp: false, plain: true, day: true, stamps: true });
    });
  }

  it("parseTime() reads every instant that PostgreSQL writes, in every offset", async () => {
    const instants = fc.sample(
      fc.date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true }),
      { numRuns: 300, seed: 7 },
    );
    const list = instants.map(Number).join(",");
    for (const zone of ["UTC", "America/St_Johns", "Asia/Kolkata", "Europe/Amsterdam"]) {
      const rows = await database.sql<{ text: string }>(
        `select set_config('timezone', '${zone}', false)`,
        `select (timestamptz 'epoch' + (ms || ' milliseconds')::interval)::text as text
           from unnest('{${list}}'::int8[]) with ordinality as t (ms, n) order by n`,
      );
      expect(rows.map(({ text }) => Number(parseTime(text)))).to.deep.equal(instants.map(Number));
    }
  });
});
