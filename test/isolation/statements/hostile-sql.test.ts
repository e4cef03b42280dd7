// The short form of npm run fuzz:sql, and what shows that it can find something.

import process from "node:process";
import { expect } from "chai";
import pg from "pg";
import { fuzzEncodings } from "../../fuzz/sql/encodings.ts";
import { fuzzLexer, judge } from "../../fuzz/sql/lexer.ts";
import { fuzzMessages } from "../../fuzz/sql/messages.ts";
import { fuzzQueries } from "../../fuzz/sql/queries.ts";
import { openSqlStage, type SqlStage } from "../../fuzz/sql/stage.ts";
import { ENCODINGS } from "../../fuzz/sql/values.ts";
import { freshSeed } from "../../fuzz/numbers.ts";
import { rejection } from "../../support/rejection.ts";

const VALUES = 4000;
const SHORT = new Set(["UTF8", "EUC_JP", "LATIN1"]);
const seed = Number(process.env["FUZZ_SEED"] ?? freshSeed());

for (const encoding of ENCODINGS.filter(({ name }) => SHORT.has(name))) {
  describe(`hostile SQL in a database with encoding ${encoding.name}`, () => {
    let stage: SqlStage;

    before(async () => {
      stage = await openSqlStage(encoding.name);
    });

    after(() => stage.close());

    for (const conforming of ["on", "off"] as const) {
      it(`tenant.batch() sends values as they are, standard_conforming_strings ${conforming}`, async () => {
        const { values } = await fuzzMessages(stage, encoding, conforming, seed, VALUES);
        expect(values).to.be.at.least(VALUES);
      });
    }

    if (encoding.name !== "UTF8") return;

    it("enter_tenant() refuses what another client left: encodings, strings with escapes", async () => {
      await stage.withService("on", async () => {});
      const refused = await fuzzEncodings(stage, seed, 8);
      expect(refused["RH500"]).to.be.above(0);
    });

    it("checkTemplate() and compileText() accept nothing but one statement that calls nothing forbidden", async () => {
      const { accepted, ran } = await fuzzLexer(stage, seed, 4000);
      expect(accepted).to.be.above(200);
      expect(ran).to.be.above(20);
    });

    it("compileText() puts values where PostgreSQL's parser has parameters, and nowhere else", async () => {
      const { equal } = await fuzzQueries(seed, 100);
      expect(equal).to.be.above(20);
    });

    for (const [text, problem] of [
      ["select 1; select 2", "it is several statements"],
      ["select set_config('role', 'none', false)", "it calls set_config"],
      ["select 1 as a into b", "it creates a table"],
      ["select pg_catalog.pg_advisory_lock(1)", "it calls pg_advisory_lock"],
      ["select from pg_settings", "it calls pg_settings"],
      ["select rowhouse.enter_tenant('{a}')", "it calls enter_tenant"],
    ] as const) {
      it(`the fuzzer knows by PostgreSQL's word that ${problem}: ${text}`, async () => {
        const client = new pg.Client(stage.serviceUrl);
        await client.connect();
        client.on("error", () => {}); // the stage may end it
        await client.query("set default_transaction_read_only to on");
        const query = { text, queryMode: "extended" } as pg.QueryConfig;
        const error = await rejection(client.query(query));
        await client.end();
        expect(judge(error as pg.DatabaseError)).to.equal(problem);
      });
    }
  });
}
