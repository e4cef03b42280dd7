// The promise: a slow tenant holds up nobody, and too much work is refused rather than queued without
// end. What is slow here waits for a row that the test holds: it cannot end before it is let go.

import { expect } from "chai";
import { AppError } from "../../src/errors.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { codeOf, rejection } from "../support/rejection.ts";
import { holdRow, type RowLock } from "../support/database/row-lock.ts";
import { serverAddress } from "../support/server/server.ts";
import { type LocalAnswer, type LocalService, openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const SLOW = "slow.example.com";
const QUICK = "quick.example.com";

describe("a slow neighbour", () => {
  const database = useDatabase({ slow: SLOW, quick: QUICK });
  let tap: WireTap;
  let lock: RowLock;
  let service: LocalService;

  before(async () => {
    await database.sql(`insert into quick.data values (1, 10)`);
    tap = await openWireTap(serverAddress());
  });

  beforeEach(async () => {
    lock = await holdRow(database, "slow", 1);
    tap.clear();
  });

  afterEach(async () => {
    await lock.release();
    await service.close();
  });

  after(() => tap.close());

  const open = (env: Record<string, string>): void => {
    service = openService(redirect(database.serviceUrl, tap.port), env);
  };
  const slow = (): Promise<LocalAnswer> => service.request(SLOW, "PUT", "/data/1", { value: 1 });
  const quick = (): Promise<LocalAnswer> => service.request(QUICK, "GET", "/data/1");
  const expectServed = async (): Promise<void> => {
    const { status, json } = await quick();
    expect([status, json]).to.deep.equal([200, { value: 10 }]);
  };
  const expectRefused = (answer: LocalAnswer, code: string): void => {
    expect(answer.json).to.include({ status: 503, code });
    expect(answer.status).to.equal(503);
    expect(answer.headers.get("retry-after")).to.match(/^[1-9]\d*$/);
  };

  it("openDatabase() queues no message behind a slow one while a connection is free", async () => {
    open({ DATABASE_CONNECTIONS: "4", TENANT_MAX_IN_FLIGHT: "1000" });
    await Promise.all(Array.from({ length: 4 }, quick));
    // From its first answer on a host counts as its tenant.
    await service.request(SLOW, "GET", "/data/1");
    const finished: string[] = [];
    const slowOnes = [slow(), slow(), slow()].map((answer) =>
      answer.then(({ status }) => finished.push(`slow ${status}`)),
    );
    await lock.waiting(3);
    await Promise.all(
      Array.from({ length: 200 }, () =>
        quick().then(({ status }) => finished.push(`quick ${status}`)),
      ),
    );
    await lock.release();
    await Promise.all(slowOnes);
    expect(finished.slice(0, 200)).to.deep.equal(Array.from({ length: 200 }, () => "quick 200"));
    expect(finished.slice(200)).to.deep.equal(Array.from({ length: 3 }, () => "slow 200"));
  });

  it("openDatabase() serves the one that has waited longest when a connection gets free", async () => {
    open({ DATABASE_CONNECTIONS: "1" });
    const finished: number[] = [];
    const first = slow();
    await lock.waiting(1);
    const others = [1, 2, 3, 4].map((number) => quick().then(() => finished.push(number)));
    await lock.release();
    await Promise.all([first, ...others]);
    expect(finished).to.deep.equal([1, 2, 3, 4]);
  });

  it("fetch() answers 503 OVERLOADED beyond MAX_IN_FLIGHT, and says that it is alive", async () => {
    open({ MAX_IN_FLIGHT: "3", DATABASE_CONNECTIONS: "2" });
    const slowOnes = [slow(), slow(), slow()];
    await lock.waiting(2);
    tap.clear();
    expectRefused(await quick(), "OVERLOADED");
    expectRefused(await service.request(QUICK, "GET", "/readyz"), "OVERLOADED");
    const health = await service.request(QUICK, "GET", "/healthz");
    expect([health.status, health.json]).to.deep.equal([200, { status: "ok" }]);
    expect(tap.frames).to.deep.equal([]);
    await lock.release();
    for (const { status } of await Promise.all(slowOnes)) expect(status).to.equal(200);
    await expectServed();
  });

  it("openDatabase() gives a message up after REQUEST_TIMEOUT_MS, and its connection", async () => {
    open({ DATABASE_CONNECTIONS: "1", REQUEST_TIMEOUT_MS: "400" });
    await expectServed();
    const gaveUp = slow();
    await lock.waiting(1);
    expectRefused(await gaveUp, "DATABASE_UNAVAILABLE");
    expect(service.lines.at(-1)).to.include({ level: "warn", status: 503, outcome: "unknown" });
    await expectServed();
    expect(service.lines.at(-1)).to.not.have.property("outcome");
    // The second message went out on another connection than the one that is in doubt.
    const connections = tap.frames.filter(({ type }) => type === "Q").map((f) => f.connection);
    expect(new Set(connections).size).to.equal(2);
    expect(connections.length).to.equal(3);
  });

  it("openDatabase() tells who has waited past REQUEST_TIMEOUT_MS that nothing was sent", async () => {
    open({ DATABASE_CONNECTIONS: "1", REQUEST_TIMEOUT_MS: "400" });
    await expectServed();
    tap.clear();
    const tenant = createTenant(service.database, parseHost(SLOW));
    const write = () => rejection(tenant`update data set value = 1 where key = 1 returning key`);
    const errors = await Promise.all(Array.from({ length: 9 }, write));
    const codes = errors.map((error) => {
      expect(error).to.be.instanceOf(AppError);
      const { code, outcome } = error as AppError;
      return `${code} ${outcome}`;
    });
    const sent = tap.count("Q");
    expect(sent).to.be.within(1, 8);
    const unknown = Array.from({ length: sent }, () => "DATABASE_UNAVAILABLE unknown");
    const unsent = Array.from({ length: 9 - sent }, () => "OVERLOADED undefined");
    expect(codes).to.have.members([...unknown, ...unsent]);
    await expectServed();
  });

  it("tenant.begin() ends after REQUEST_TIMEOUT_MS, undone, and its tx is dead", async () => {
    open({ DATABASE_CONNECTIONS: "1", REQUEST_TIMEOUT_MS: "400" });
    const tenant = createTenant(service.database, parseHost(QUICK));
    let giveUp = (): void => {};
    const gaveUp = new Promise<void>((resolve) => (giveUp = resolve));
    let late: Promise<Error> | undefined;
    const work = tenant.begin(async (tx) => {
      await tx`insert into data values (2, 20) returning key`;
      late = gaveUp.then(() => rejection(tx`insert into data values (3, 30) returning key`));
      await late;
    });
    expect(await codeOf(work)).to.equal("DATABASE_UNAVAILABLE");
    tap.clear();
    giveUp();
    await late;
    await until("the server has not undone it", async () => {
      const busy = await database.sql(
        `select from pg_stat_activity
           where application_name = 'rowhouse' and datname = current_database()`,
      );
      return busy.length === 0;
    });
    expect(tap.count("Q")).to.equal(0);
    expect(await database.sql(`select key from quick.data`)).to.deep.equal([{ key: 1 }]);
    await expectServed();
  });
});
