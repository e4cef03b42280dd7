// The promise: one tenant that asks for everything gets its share, and no other waits for it. Its requests
// hold a row that the test holds: they cannot end before it is let go.

import process from "node:process";
import { expect } from "chai";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { rejection } from "../support/rejection.ts";
import { holdRow } from "../support/database/row-lock.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";

const GREEDY = "greedy.example.com";
const OTHER = "other.example.com";
const CONNECTIONS = 8;
const SHARE = 6;
const TENANT_MAX_IN_FLIGHT = 20;
const MAX_RESPONSE_ROWS = 500;
const MAX_RESPONSE_BYTES = 20_000;

describe("a noisy neighbour", () => {
  const database = useDatabase({ greedy: GREEDY, other: OTHER });
  let service: LocalService;

  before(async () => {
    await database.sql(
      "insert into greedy.data select key, key from generate_series(1, 1000) as key",
      "insert into other.data values (1, 10)",
    );
    service = openService(database.serviceUrl, {
      DATABASE_CONNECTIONS: String(CONNECTIONS),
      TENANT_MAX_IN_FLIGHT: String(TENANT_MAX_IN_FLIGHT),
      MAX_RESPONSE_ROWS: String(MAX_RESPONSE_ROWS),
      MAX_RESPONSE_BYTES: String(MAX_RESPONSE_BYTES),
    });
    // From its first answer on a host counts as its tenant.
    for (const host of [GREEDY, OTHER]) await service.request(host, "GET", "/data/1");
  });

  after(() => service.close());

  const write = (host = GREEDY) => service.request(host, "PUT", "/data/1", { value: 1 });
  const expectOtherServed = async (): Promise<void> => {
    const { status, json } = await service.request(OTHER, "GET", "/data/1");
    expect([status, json]).to.deep.equal([200, { value: 10 }]);
  };

  it("has three quarters of the connections, and the others answer before any of its requests", async () => {
    const lock = await holdRow(database, "greedy", 1);
    const finished: string[] = [];
    const greedy = Array.from({ length: TENANT_MAX_IN_FLIGHT }, () =>
      write().then(({ status }) => finished.push(`greedy ${status}`)),
    );
    await lock.waiting(SHARE);
    for (let round = 0; round < 5; round += 1) {
      const others = Array.from({ length: TENANT_MAX_IN_FLIGHT }, expectOtherServed);
      await Promise.all(others.map((served) => served.then(() => finished.push("other"))));
    }
    await lock.waiting(SHARE);
    await lock.release();
    await Promise.all(greedy);
    expect(finished.slice(0, 100)).to.deep.equal(Array.from({ length: 100 }, () => "other"));
    expect(new Set(finished.slice(100))).to.deep.equal(new Set(["greedy 200"]));
  });

  it("is answered 429 with Retry-After beyond TENANT_MAX_IN_FLIGHT, by host, before the database", async () => {
    const lock = await holdRow(database, "greedy", 1);
    const greedy = Array.from({ length: TENANT_MAX_IN_FLIGHT }, () => write());
    await lock.waiting(SHARE);
    for (const host of [GREEDY, "GREEDY.example.com."]) {
      const { status, json, headers } = await write(host);
      expect(status).to.equal(429);
      expect(json).to.include({ code: "TENANT_BUSY", status: 429 });
      expect(headers.get("retry-after")).to.equal("1");
    }
    await expectOtherServed();
    expect((await service.request(GREEDY, "GET", "/healthz")).status).to.equal(200);
    await lock.release();
    for (const { status } of await Promise.all(greedy)) expect(status).to.equal(200);
    expect((await write()).status).to.equal(200);
  });

  it("leaves no count behind, whatever became of its requests", async () => {
    for (let request = 0; request < TENANT_MAX_IN_FLIGHT + 5; request += 1) {
      const { status } = await service.request(GREEDY, "PUT", "/data/x", { value: 1 });
      expect(status).to.equal(400);
      const { status: unknown } = await service.request("unknown.example.com", "GET", "/data/1");
      expect(unknown).to.equal(404);
    }
  });

  it("is refused a result with more than MAX_RESPONSE_ROWS, and the connection is given up", async () => {
    const answer = await service.request(GREEDY, "GET", "/data?limit=1000");
    expect(answer.status).to.equal(500);
    expect(answer.json).to.include({ code: "RESULT_TOO_LARGE" });
    expect(answer.json).to.have.property("detail").that.includes(`${MAX_RESPONSE_ROWS} rows`);
    const page = await service.request(GREEDY, "GET", `/data?limit=${MAX_RESPONSE_ROWS - 2}`);
    expect(page.status).to.equal(200);
    await expectOtherServed();
  });

  it("is refused a result with more than MAX_RESPONSE_BYTES, in a message and in a transaction", async () => {
    const tenant = createTenant(service.database, parseHost(GREEDY));
    const size = MAX_RESPONSE_BYTES + 1;
    const one = await rejection(tenant`select repeat('x', ${size}) as text`);
    const bytes = await rejection(tenant`select decode(repeat('00', ${size}), 'hex') as bytes`);
    const within = tenant.begin(async (tx) => {
      await tx`update data set value = -1 where key = 1 returning key`;
      await tx`select repeat('x', ${size}) as text`;
    });
    const inside = await rejection(within);
    for (const error of [one, bytes, inside])
      expect(error).to.include({ code: "RESULT_TOO_LARGE" });
    expect(await database.sql("select value from greedy.data where key = 1")).to.deep.equal([
      { value: 1 },
    ]);
    const fits = await tenant<{ text: string }>`select repeat('x', ${size - 10}) as text`;
    expect(fits[0]?.text).to.have.length(size - 10);
    await expectOtherServed();
  });

  it("is refused JSON and arrays that are too large, whatever their depth", async () => {
    const tenant = createTenant(service.database, parseHost(GREEDY));
    const size = MAX_RESPONSE_BYTES;
    for (const query of [
      tenant`select jsonb_build_object('text', repeat('x', ${size})) as value`,
      tenant`select array(select n from generate_series(1, ${size}) as n) as value`,
      tenant`select (repeat('[', ${5000}) || ${"1"} || repeat(']', ${5000}))::json as value,
        repeat('x', ${size}) as text`,
    ]) {
      expect(await rejection(query)).to.include({ code: "RESULT_TOO_LARGE" });
    }
    await expectOtherServed();
  });

  it("a problem is answered whole, however little an answer may have", async () => {
    const narrow = openService(database.serviceUrl, { MAX_RESPONSE_BYTES: "20" });
    try {
      const missing = await narrow.request(OTHER, "GET", "/data/99");
      expect(missing.json).to.include({ status: 404, code: "NOT_FOUND" });
      const long = await narrow.request(GREEDY, "GET", "/data?limit=1");
      expect([long.status, Reflect.get(Object(long.json), "code")]).to.deep.equal([
        500,
        "RESULT_TOO_LARGE",
      ]);
      expect(narrow.lines.at(-1)).to.include({ status: 500, outcome: "unknown" });
    } finally {
      await narrow.close();
    }
  });

  it("cannot fill the memory with one value, which is refused before it has arrived", async () => {
    const tenant = createTenant(service.database, parseHost(GREEDY));
    const before = process.memoryUsage().rss;
    const large = tenant`select repeat('x', 100000000) as text from generate_series(1, 3)`;
    expect(await rejection(large)).to.include({ code: "RESULT_TOO_LARGE", outcome: "unknown" });
    expect(process.memoryUsage().rss - before).to.be.lessThan(50_000_000);
    await expectOtherServed();
  });

  it("cannot fill the memory with an error or a notice that quotes a large value", async () => {
    const tenant = createTenant(service.database, parseHost(GREEDY));
    await database.sql(
      `create function greedy.tell(text text) returns text language plpgsql as
        $$ begin raise notice '%', text; return ''; end $$`,
      "alter function greedy.tell set client_min_messages to notice",
    );
    const size = 100_000;
    for (const query of [
      tenant`select repeat('x', ${size})::integer as number`,
      tenant`select tell(repeat('x', ${size})) as told`,
    ]) {
      expect(await rejection(query)).to.include({ code: "RESULT_TOO_LARGE", outcome: "unknown" });
    }
    await expectOtherServed();
  });

  it("cannot fill the memory with a result that has no end", async () => {
    const tenant = createTenant(service.database, parseHost(GREEDY));
    const before = process.memoryUsage().rss;
    const endless = await rejection(tenant`select generate_series(1, 100000000) as n`);
    expect(endless).to.include({ code: "RESULT_TOO_LARGE" });
    expect(process.memoryUsage().rss - before).to.be.lessThan(100_000_000);
    await until("the server still works on it", async () => {
      const active = await database.sql(
        `select from pg_stat_activity where state = 'active' and query like '%generate_series(1, 100000000)%'
           and pid <> pg_backend_pid()`,
      );
      return active.length === 0;
    });
    await expectOtherServed();
  });
});
