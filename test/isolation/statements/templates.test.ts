// The tag on a real tenant: what is refused never reaches the wire, and what is sent comes back as
// typed rows, in order, with the database's own codes.

import { expect } from "chai";
import type { Database } from "../../../src/database/database.ts";
import { parseHost } from "../../../src/host.ts";
import { identifier, json } from "../../../src/sql/statement.ts";
import type { Query } from "../../../src/query.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";
import { redirect } from "../../support/network/redirect.ts";
import { codeOf, rejection } from "../../support/rejection.ts";
import { serverAddress } from "../../support/server/server.ts";
import { openService } from "../../support/program/service.ts";
import { openWireTap, type WireTap } from "../../support/network/wire.ts";

const ACME = "acme.example.com";

describe("templates on a tenant", () => {
  const testDatabase = useDatabase({ acme: ACME });
  let tap: WireTap;
  let database: Database;
  let tenant: Tenant;

  before(async () => {
    tap = await openWireTap(serverAddress());
    ({ database } = openService(redirect(testDatabase.serviceUrl, tap.port)));
    tenant = createTenant(database, parseHost(ACME));
  });

  after(async () => {
    await database.close(1);
    await tap.close();
  });

  beforeEach(async () => {
    await testDatabase.sql("truncate acme.data", "insert into acme.data values (1, 10), (2, 20)");
    // Logged in, so that whatever a test sends is seen as a frame at once.
    await tenant`select 1`;
    tap.clear();
  });

  describe("what is refused", () => {
    const refused: Readonly<Record<string, () => Query>> = {
      "a placeholder in a string": () => tenant`select * from data where 'a${1}' = 'a'`,
      "a placeholder in a comment": () => tenant`select 1 -- ${1}`,
      "a second statement": () => tenant`select 1; delete from data`,
      commit: () => tenant`commit`,
      "set role none": () => tenant`set role none`,
      set_config: () => tenant`select set_config('role', 'none', false)`,
      "a name in Unicode escapes": () => tenant`select U&"set_conf!0069g"('role', 'none', false)`,
      "a value without a literal": () => tenant`select ${undefined}`,
      "a text with NUL": () => tenant`select ${"a\0"}`,
      "a name that is too long": () => tenant`select 1 as ${identifier("a".repeat(64))}`,
    };
    for (const [what, write] of Object.entries(refused)) {
      it(`tenant\`…\` sends nothing for ${what}`, async () => {
        expect(String(await rejection(settled(write)))).to.match(/^\w*Error: Cannot /);
        const batch = settled(() => tenant.batch([tenant`select 1`, write()]));
        expect(String(await rejection(batch))).to.match(/^\w*Error: Cannot /);
        expect(tap.frames).to.have.length(0);
      });
    }

    it("tenant.batch() sends nothing when one of the queries is not this tenant's", async () => {
      const other = createTenant(database, parseHost("other.example.com"));
      await rejection(tenant.batch([tenant`delete from data returning key`, other`select 1`]));
      expect(tap.frames).to.have.length(0);
    });
  });

  describe("typed rows", () => {
    const day = new Date("2024-02-29T01:02:03.004Z");
    const bytes = Uint8Array.of(0, 39, 92, 255);

    it("tenant`…` reads each type as its docstring says", async () => {
      const [row] = await tenant`
        select 42 as int4, ${2n ** 63n - 1n}::int8 as int8, 1.50::numeric as numeric,
          ${0.1}::float8 as float8, ${-0}::float8 as minus_zero, true as bool, null::text as nothing,
          ${"it's\\"} as text, ${json({ a: [1, "'"] })}::jsonb as jsonb, ${json([])}::json as json,
          ${bytes}::bytea as bytea, ${day}::timestamptz as timestamptz, date '2024-02-29' as date`;
      expect(row).to.deep.equal({
        int4: 42,
        int8: "9223372036854775807",
        numeric: "1.50",
        float8: 0.1,
        minus_zero: -0,
        bool: true,
        nothing: null,
        text: "it's\\",
        jsonb: { a: [1, "'"] },
        json: [],
        bytea: Buffer.from(bytes),
        timestamptz: day,
        date: new Date("2024-02-29"),
      });
    });

    // Each with a value that PostgreSQL's text form of an array must quote, where the type has one.
    for (const [type, text] of [
      ["bool", "t"],
      ["int2", "-1"],
      ["int4", "-1"],
      ["int8", "-9223372036854775808"],
      ["float4", "1.5"],
      ["float8", "NaN"],
      ["numeric", "0.10"],
      ["text", 'a "b", \\{NULL}'],
      ["varchar", "NULL"],
      ["bpchar", "a,"],
      ["uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
      ["date", "2024-02-29"],
      ["timestamp", "2024-02-29 01:02:03.004"],
      ["timestamptz", "2024-02-29 01:02:03.004+00"],
      ["json", '{"a": ["\\"", null]}'],
      ["jsonb", '{"a": ["\\"", null]}'],
      ["bytea", "\\x00ff"],
      ["name", "a b"],
      ["oid", "4294967295"],
      ["time", "01:02:03"],
      ["interval", "1 day 02:00:00"],
      ["inet", "::1"],
    ] as const) {
      it(`tenant\`…\` reads ${type}[] as an array of what it reads ${type} as`, async () => {
        const [row] = await tenant`
          select item, array[item, null] as items, array[[item], [item]] as nested,
            (array[item])[:0] as empty from (select ${text}::${identifier(type)} as item) as one`;
        const item = row?.["item"];
        expect(item).to.not.equal(undefined);
        expect(row).to.deep.equal({
          item,
          items: [item, null],
          nested: [[item], [item]],
          empty: [],
        });
      });
    }

    it("tenant`…` reads an array whose bounds do not begin with 1", async () => {
      expect(await tenant`select '[0:1]={1,2}'::int[] as a`).to.deep.equal([{ a: [1, 2] }]);
    });

    it("tenant`…` gives no rows as an empty array, and rows without columns as empty objects", async () => {
      expect(await tenant`select key from data where key = ${-1}`).to.deep.equal([]);
      expect(await tenant`select from data`).to.deep.equal([{}, {}]);
    });
  });

  describe("results", () => {
    it("tenant.batch() gives the results of statements with and without rows in order", async () => {
      const results = await tenant.batch([
        tenant`select key from data order by key`,
        tenant`delete from data where key = ${-1} returning key`,
        tenant`update data set value = 0 where key = ${-1} returning key`,
        tenant`insert into data values (${3}, ${30}) on conflict do nothing returning key`,
        tenant`insert into data values (${3}, ${31}) on conflict do nothing returning key`,
        tenant`update data set value = value + 1 returning value`,
        tenant`with gone as (delete from data where key = 1 returning value) select value from gone`,
        tenant`select from data -- the last thing`,
        tenant`values (1)`,
        tenant`table data`,
      ]);
      const table = results[9].map(({ key, value }) => ({ key, value }));
      expect([...results.slice(0, 9), table]).to.deep.equal([
        [{ key: 1 }, { key: 2 }],
        [],
        [],
        [{ key: 3 }],
        [],
        [{ value: 11 }, { value: 21 }, { value: 31 }],
        [{ value: 11 }],
        [{}, {}],
        [{ column1: 1 }],
        [
          { key: 2, value: 21 },
          { key: 3, value: 31 },
        ],
      ]);
      expect(tap.count("Q")).to.equal(1);
    });

    it("tx.batch() gives the same results in a transaction", async () => {
      const results = await tenant.begin((tx) =>
        tx.batch([
          tx`delete from data where key = ${-1} returning key`,
          tx`select key from data where key = ${1}`,
          tx`update data set value = 0 where key = ${-1} returning key`,
        ]),
      );
      expect(results).to.deep.equal([[], [{ key: 1 }], []]);
    });
  });

  describe("errors", () => {
    const failing: Readonly<Record<string, () => Query>> = {
      "22012": () => tenant`select 1 / ${0}`,
      "22P02": () => tenant`select ${"a"}::int`,
      "22003": () => tenant`insert into data values (${2 ** 31}, 0) returning key`,
      "23505": () => tenant`insert into data values (1, 11) returning key`,
      "42P01": () => tenant`select 1 from missing`,
      "42703": () => tenant`select ${identifier("missing")} from data`,
      "42501": () => tenant`select 1 from rowhouse.tenant`,
      "42601": () => tenant`select select`,
    };
    for (const [state, write] of Object.entries(failing)) {
      it(`tenant\`…\` keeps SQLSTATE ${state} as code, alone and in a batch`, async () => {
        expect(await codeOf(write())).to.equal(state);
        const batch = [tenant`update data set key = key + 10 where key = 2 returning key`, write()];
        expect(await codeOf(tenant.batch(batch))).to.equal(state);
        expect(await tenant`select key from data order by key`).to.deep.equal([
          { key: 1 },
          { key: 2 },
        ]);
      });
    }

    it("tx`…` keeps the SQLSTATE as code, and the transaction fails with it", async () => {
      const failed = tenant.begin(async (tx) => {
        await tx`delete from data returning key`;
        await tx`select 1 / ${0}`;
      });
      expect(await codeOf(failed)).to.equal("22012");
      expect(await tenant`select key from data order by key`).to.have.length(2);
    });

    it("tenant`…` keeps RH404 as code when no tenant has the host", async () => {
      const nobody = createTenant(database, parseHost("nobody.example.com"));
      expect(await codeOf(nobody`select 1`)).to.equal("RH404");
    });
  });
});

/** Runs what may throw at once or reject later. */
async function settled(run: () => PromiseLike<unknown>): Promise<unknown> {
  return run();
}
