// The promise: a request is one message. Counted on the wire between the service and PostgreSQL, not
// believed from the code.

import { sendText } from "../support/sql/send-text.ts";
import { expect } from "chai";
import { parseHost } from "../../src/host.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { rejection } from "../support/rejection.ts";
import { serverAddress } from "../support/server/server.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { openTelemetrySdk } from "../support/telemetry-sdk.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const ACME = "acme.example.com";
const GONE = "gone.example.com";

describe("messages on the wire", () => {
  const database = useDatabase({ acme: ACME, gone: GONE });
  let tap: WireTap;
  let service: LocalService;
  let acme: Tenant;

  before(async () => {
    await database.sql(
      `update rowhouse.tenant set status = 'suspended' where schema_name = 'gone'`,
      `insert into acme.data values (1, 10), (2, 20), (3, 30)`,
    );
    tap = await openWireTap(serverAddress());
    const url = redirect(database.serviceUrl, tap.port);
    service = openService(url, { DATABASE_CONNECTIONS: "1" });
    acme = createTenant(service.database, parseHost(ACME));
    await service.request(ACME, "GET", "/data/1");
  });

  beforeEach(() => tap.clear());

  after(async () => {
    await service.close();
    await tap.close();
  });

  /** What the client has sent since the test began, and how often the server was ready again. */
  const sent = (): string =>
    tap.frames
      .filter(({ from }) => from === "client")
      .map(({ type }) => type)
      .join("");
  const roundTrips = (): number => tap.count("Z", "server");

  const requests: readonly [
    what: string,
    host: string,
    method: string,
    path: string,
    status: number,
    body?: unknown,
  ][] = [
    ["a read", ACME, "GET", "/data/1", 200],
    ["a read by the seed's path", ACME, "GET", "/data/get/1", 200],
    ["a read for HEAD", ACME, "HEAD", "/data/1", 200],
    ["a read of a missing key", ACME, "GET", "/data/99", 404],
    ["an insert", ACME, "POST", "/data/insert/4/40", 200],
    ["an insert of a key that is there", ACME, "POST", "/data/insert/1/41", 400],
    ["a put of a new key", ACME, "PUT", "/data/5", 201, { value: 50 }],
    ["a put of a key that is there", ACME, "PUT", "/data/2", 200, { value: 20 }],
    ["a delete", ACME, "DELETE", "/data/3", 204],
    ["a delete of a missing key", ACME, "DELETE", "/data/99", 404],
    ["a list", ACME, "GET", "/data?after=1&limit=1", 200],
    ["an insert of many", ACME, "POST", "/data", 201, pairs(100, 1000)],
    ["an insert of many with a duplicate", ACME, "POST", "/data", 400, pairs(1, 3)],
    ["an unknown host", "nobody.example.com", "GET", "/data/1", 404],
    ["a suspended tenant", GONE, "GET", "/data/1", 403],
    ["a check of readiness", ACME, "GET", "/readyz", 200],
  ];
  for (const [what, host, method, path, status, body] of requests) {
    it(`fetch() sends one Query frame and nothing else for ${what}`, async () => {
      const answer = await service.request(host, method, path, body);
      expect(answer.status).to.equal(status);
      expect(sent()).to.equal("Q");
      expect(roundTrips()).to.equal(1);
    });
  }

  it("fetch() sends one Query frame and nothing else when it is measured and traced", async () => {
    const sdk = openTelemetrySdk();
    const url = redirect(database.serviceUrl, tap.port);
    const watched = openService(url, { DATABASE_CONNECTIONS: "1" }, createTelemetry());
    try {
      await watched.request(ACME, "GET", "/data/1");
      tap.clear();
      expect((await watched.request(ACME, "GET", "/data/1")).status).to.equal(200);
      expect(sdk.spans()).to.have.length(4);
      expect([sent(), roundTrips()]).to.deep.equal(["Q", 1]);
    } finally {
      await watched.close();
      await sdk.close();
    }
  });

  const unsent: readonly [what: string, method: string, path: string, status: number][] = [
    ["a liveness check", "GET", "/healthz", 200],
    ["the API's description", "GET", "/openapi.json", 200],
    ["a key that is none", "GET", "/data/x", 400],
    ["a path that is none", "GET", "/nowhere", 404],
    ["a method that is none", "PATCH", "/data/1", 405],
  ];
  for (const [what, method, path, status] of unsent) {
    it(`fetch() sends nothing for ${what}`, async () => {
      expect((await service.request(ACME, method, path)).status).to.equal(status);
      expect(sent()).to.equal("");
    });
  }

  it("tenant`…` sends nothing before it is awaited, and one Query frame then", async () => {
    const query = acme`select value from data where key = ${1}`;
    await sendText(service.database, "select 1");
    expect(sent()).to.equal("Q");
    tap.clear();
    expect(await query).to.deep.equal([{ value: 10 }]);
    expect(await query).to.deep.equal([{ value: 10 }]);
    expect(sent()).to.equal("Q");
  });

  it("tenant.batch() sends three statements in one Query frame", async () => {
    const [read, written, counted] = await acme.batch([
      acme`select value from data where key = ${1}`,
      acme`update data set value = ${11} where key = ${-1} returning key`,
      acme`select count(*)::int from data where key in (1, 2)`,
    ]);
    expect([read, written, counted]).to.deep.equal([[{ value: 10 }], [], [{ count: 2 }]]);
    expect(sent()).to.equal("Q");
    expect(roundTrips()).to.equal(1);
  });

  it("tenant.begin() takes a round trip for BEGIN with the entry, for every statement and for COMMIT", async () => {
    await acme.begin(async (tx) => {
      expect([sent(), roundTrips()]).to.deep.equal(["Q", 1]);
      await tx`select value from data where key = ${1}`;
      await tx.batch([tx`select 1`, tx`select 2`]);
      expect([sent(), roundTrips()]).to.deep.equal(["QQQ", 3]);
    });
    expect([sent(), roundTrips()]).to.deep.equal(["QQQQ", 4]);
  });

  it("tenant.begin() takes a round trip for ROLLBACK when the work throws", async () => {
    const thrown = new Error("Enough");
    const work = acme.begin(async () => {
      throw thrown;
    });
    expect(await rejection(work)).to.equal(thrown);
    expect(roundTrips()).to.equal(2);
  });

  it("openDatabase() sends nothing but the login and the message on a cold connection", async () => {
    const cold = openService(redirect(database.serviceUrl, tap.port));
    try {
      expect((await cold.request(ACME, "GET", "/data/1")).status).to.equal(200);
      // "p" is the password's exchange: SCRAM-SHA-256 has two.
      expect(sent()).to.match(/^startupp{0,2}Q$/);
    } finally {
      await cold.close();
    }
  });
});

function pairs(first: number, count: number): readonly { key: number; value: number }[] {
  return Array.from({ length: count }, (_, index) => ({ key: first + index, value: index }));
}
