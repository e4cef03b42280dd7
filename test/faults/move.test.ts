// What may happen to a move: writers at work, transactions that began before, a kill. Nothing that was
// acknowledged is lost, and never do both databases take writes.

import { expect } from "chai";
import pg from "pg";
import type { TestDatabase } from "../support/database/database.ts";
import { type MoveStage, openMoveStage, put } from "../support/transfer/move-stage.ts";
import { createRandom } from "../support/random.ts";
import type { LocalService } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { runVerb, type VerbResult } from "../support/program/verb.ts";

const WRITERS = 6;
const KILLS = 4;

describe("move-tenant under faults", function () {
  this.timeout(60_000);
  let stage: MoveStage;
  let source: TestDatabase;
  let target: TestDatabase;
  let here: LocalService;
  let there: LocalService;

  const move = (schema: string, ...parameters: string[]): Promise<VerbResult> =>
    stage.move(schema, ...parameters);

  before(async () => {
    stage = await openMoveStage();
    ({ source, target, here, there } = stage);
  });

  after(() => stage.close());

  it("under writers: what was acknowledged is on the target, and never do both take writes", async () => {
    const host = "busy.test";
    await source.addTenants({ busy: host });
    const acknowledged: number[] = [];
    let next = 1;
    let arrived = 0;
    const violations: number[] = [];
    const stopping = new AbortController();
    const writers = Array.from({ length: WRITERS }, async () => {
      while (!stopping.signal.aborted) {
        const key = next;
        next += 1;
        const begunAfter = arrived > 0;
        const status = await put(here, host, key);
        if (status === 201) {
          acknowledged.push(key);
          if (begunAfter) violations.push(key);
        }
      }
    });
    const arrival = (async () => {
      for (let key = -1; !stopping.signal.aborted; key -= 1) {
        if ((await put(there, host, key)) === 201) arrived += 1;
      }
    })();
    await until("nothing is written", () => acknowledged.length > 200);
    const result = await move("busy");
    await until("the target takes no writes", () => arrived > 20);
    stopping.abort();
    await Promise.all([...writers, arrival]);
    expect([result.status, result.stderr]).to.deep.equal([0, ""]);
    expect(violations).to.deep.equal([]);
    const rows = await target.sql<{ key: number }>("select key from busy.data where key > 0");
    const keys = new Set(rows.map(({ key }) => key));
    expect(acknowledged.filter((key) => !keys.has(key))).to.deep.equal([]);
    expect(await put(here, host, 1)).to.equal(403);
  });

  it("waits for a write that began before, and goes on when it is run again", async () => {
    const host = "slow.test";
    await source.addTenants({ slow: host });
    const writer = new pg.Client(source.serviceUrl);
    // When the test has failed, the server ends it.
    writer.on("error", () => {});
    await writer.connect();
    await writer.query("begin");
    await writer.query(`select rowhouse.enter_tenant('{${host}}')`);
    await writer.query("insert into data values (1, 1)");
    const late = await move("slow", "--wait", "1");
    expect(late.status).to.equal(1);
    expect(late.stderr).to.match(
      /^Cannot move tenant: after 1 s, 1 earlier transactions still run; tenant "slow" is read-only/,
    );
    expect(await put(here, host, 2)).to.equal(423);
    const refused = await runVerb(source.adminUrl, "suspend-tenant", "slow");
    expect(refused.stderr).to.match(/^Cannot suspend tenant: tenant "slow": it is being moved/);
    const run = stage.start("slow");
    await until("it does not begin", () => run.stdout().includes("Stopped"));
    const second = await move("slow");
    expect(second.stderr).to.match(/^Cannot move tenant: another verb is changing "slow"/);
    expect(
      await target.sql("select from rowhouse.tenant where schema_name = 'slow'"),
    ).to.deep.equal([]);
    await writer.query("commit");
    await writer.end();
    expect((await run.result).status).to.equal(0);
    const rows = await target.sql("select key, value from slow.data");
    expect(rows).to.deep.equal([{ key: 1, value: 1 }]);
  });

  it("a killed move is finished by the same command, and meanwhile only one side takes writes", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    const names = Array.from({ length: KILLS }, (_, index) => `k${index}`);
    await source.addTenants(Object.fromEntries(names.map((name) => [name, `${name}.test`])));
    const lines = ["", "Stopped", "Copied", "Suspended"];
    let unfinished = 0;
    try {
      for (const [index, name] of names.entries()) {
        const host = `${name}.test`;
        await source.sql(`insert into ${name}.data select i, i from generate_series(1, 20000) i`);
        const run = stage.start(name);
        const line = lines[index % lines.length] ?? "";
        await until("it does not move", () => run.stdout().includes(line));
        const killAt = performance.now() + random() * (line === "" ? 500 : 60);
        await until("time does not pass", () => performance.now() >= killAt);
        run.kill("SIGKILL");
        if ((await run.result).status === -1) unfinished += 1;
        // Its sessions keep other verbs away as long as the server has not noticed its end.
        await until("its sessions do not end", async () => {
          const sessions = `select from pg_stat_activity
            where application_name = 'rowhouse-admin' and datname = current_database()`;
          return (await source.sql(sessions)).length === 0;
        });
        const taken = [await put(here, host, 1), await put(there, host, 1)];
        expect(taken.filter((status) => status === 200).length).to.be.lessThan(2);
        const again = await move(name);
        expect([again.status, again.stderr], name).to.deep.equal([0, ""]);
        const [sum] = await target.sql(
          `select count(*)::int as count, sum(value)::int as sum from ${name}.data`,
        );
        expect(sum).to.deep.equal({ count: 20_000, sum: 200_010_000 });
        expect([await put(here, host, 1), await put(there, host, 1)]).to.deep.equal([403, 200]);
      }
    } catch (error) {
      throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    expect(unfinished).to.be.greaterThan(0);
  });
});
