// The promise: when the database or the way to it fails, a request is answered 503 and says whether it
// may have taken effect, nothing is sent twice, and the service recovers by itself.

import { Socket } from "node:net";
import { expect } from "chai";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { type Gate, openGate } from "../support/network/gate.ts";
import { type OwnServer, openOwnServer } from "../support/server/own-server.ts";
import type { PgBouncer } from "../support/server/pgbouncer.ts";
import { redirect } from "../support/network/redirect.ts";
import { rejection } from "../support/rejection.ts";
import { holdRow } from "../support/database/row-lock.ts";
import { SERVICE_ROLE, serverAddress } from "../support/server/server.ts";
import { type LocalAnswer, type LocalService, openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const HOST = "acme.example.com";

describe("faults", () => {
  const database = useDatabase({ acme: HOST });
  let gate: Gate;
  let tap: WireTap;
  let service: LocalService;

  before(() => database.sql(`insert into acme.data values (1, 10)`));

  beforeEach(async () => {
    tap = await openWireTap(serverAddress());
    gate = await openGate(tap.port);
  });

  afterEach(async () => {
    await service.close();
    await gate.close();
    await tap.close();
  });

  const open = (url: string, env: Record<string, string> = {}): void => {
    service = openService(url, { DATABASE_CONNECTIONS: "1", ...env });
  };
  const throughGate = (): string => redirect(database.serviceUrl, gate.port);
  const read = (): Promise<LocalAnswer> => service.request(HOST, "GET", "/data/1");
  const write = (key: number): Promise<LocalAnswer> =>
    service.request(HOST, "PUT", `/data/${key}`, { value: 20 });
  const expectServed = async (): Promise<void> => {
    const { status, json } = await read();
    expect([status, json]).to.deep.equal([200, { value: 10 }]);
  };
  const expectUnavailable = (answer: LocalAnswer, outcome?: "unknown"): void => {
    expect(answer.json).to.include({ status: 503, code: "DATABASE_UNAVAILABLE" });
    expect(answer.headers.get("retry-after")).to.match(/^[1-9]\d*$/);
    expect(service.lines.at(-1)?.["outcome"]).to.equal(outcome);
  };
  const terminate = (): Promise<unknown> =>
    database.sql(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'rowhouse' and datname = current_database()`);

  describe("of the way to the database", () => {
    // With such limits an answer within the test's own time is one that waited for neither.
    const patient = { CONNECT_TIMEOUT_MS: "60000", REQUEST_TIMEOUT_MS: "600000" };

    it("fetch() answers 503 at once when nothing listens", async () => {
      open(redirect(database.serviceUrl, await findFreePort()), patient);
      expectUnavailable(await read());
      expectUnavailable(await write(2));
      expectUnavailable(await service.request(HOST, "GET", "/readyz"));
      expect((await service.request(HOST, "GET", "/healthz")).status).to.equal(200);
    });

    it("fetch() answers 503 when the server closes at once, and does not connect without pause", async () => {
      open(throughGate(), { CONNECT_TIMEOUT_MS: "500", REQUEST_TIMEOUT_MS: "1000" });
      gate.mode = "closing";
      expectUnavailable(await read());
      const { accepted } = gate;
      expect(accepted).to.be.within(1, 20);
      gate.mode = "open";
      await expectServed();
      expect(gate.accepted).to.equal(accepted + 1);
    });

    it("fetch() answers 503 after CONNECT_TIMEOUT_MS when the server says nothing", async () => {
      open(throughGate(), { ...patient, CONNECT_TIMEOUT_MS: "200" });
      gate.mode = "silent";
      expectUnavailable(await read());
      await until("the connection is not closed", () => gate.alive === 0);
      gate.mode = "open";
      await expectServed();
      expect(gate.accepted).to.equal(2);
    });

    it("fetch() is right again when the pooler has crashed in mid-message and another has come", async () => {
      const first = await database.startPgBouncer({ poolSize: 1 });
      gate.targetPort = first.port;
      open(redirect(first.serviceUrl, gate.port), patient);
      const lock = await holdRow(database, "acme", 3);
      const interrupted = write(3);
      await lock.waiting(1);
      await first.kill();
      expectUnavailable(await interrupted, "unknown");
      await lock.release();
      const second = await database.startPgBouncer({ poolSize: 1 });
      try {
        gate.targetPort = second.port;
        await expectServed();
      } finally {
        await second.stop();
      }
    });
  });

  describe("of a connection", () => {
    it("fetch() answers 503 with outcome unknown in mid-message, and never sends a write again", async () => {
      open(throughGate());
      await expectServed();
      tap.clear();
      const lock = await holdRow(database, "acme", 4);
      const interrupted = write(4);
      await lock.waiting(1);
      const queued = read();
      await terminate();
      expect((await interrupted).json).to.include({ code: "DATABASE_UNAVAILABLE" });
      // The FATAL that ended the one is not the answer to the next.
      expect((await queued).json).to.deep.equal({ value: 10 });
      const [first, second] = service.lines.slice(1);
      expect(first).to.include({ method: "PUT", status: 503, outcome: "unknown" });
      expect(second).to.include({ method: "GET", status: 200 }).and.not.have.property("outcome");
      await lock.release();
      await expectServed();
      expect(tap.count("Q")).to.equal(3);
      expect(await database.sql(`select value from acme.data where key = 4`)).to.deep.equal([
        { value: 0 },
      ]);
    });

    it("fetch() is right on the next request when its idle connections were ended", async () => {
      open(throughGate(), { DATABASE_CONNECTIONS: "4" });
      await expectServed(); // from its first answer on a host counts as its tenant
      await Promise.all([read(), read(), read(), read()]);
      expect(gate.alive).to.equal(3); // the fourth is for another host
      await terminate();
      await until("the service has not noticed", () => gate.alive === 0);
      tap.clear();
      await Promise.all(Array.from({ length: 8 }, expectServed));
      expect(tap.count("Q")).to.equal(8);
    });

    it("fetch() answers 503 at once when its idle connection is reset at the moment it is taken", async () => {
      // Between its error and its end a socket takes what is written to it, and says nothing of it.
      const sockets: Socket[] = [];
      const connect = Reflect.get(Socket.prototype, "connect");
      Socket.prototype.connect = function keep(this: Socket, ...parameters: unknown[]) {
        sockets.push(this);
        return Reflect.apply(connect, this, parameters) as Socket;
      };
      try {
        open(throughGate(), { REQUEST_TIMEOUT_MS: "600000" });
        await expectServed();
      } finally {
        Socket.prototype.connect = connect;
      }
      const own = sockets.find(({ remotePort }) => remotePort === gate.port);
      const taken = new Promise<LocalAnswer>((resolve, reject) => {
        own?.once("error", () => void write(7).then(resolve, reject));
      });
      gate.reset();
      expectUnavailable(await taken, "unknown");
      await expectServed();
    });

    it("tenant.begin() fails when its connection is lost between two statements, and tx is dead", async () => {
      open(throughGate());
      const tenant = createTenant(service.database, parseHost(HOST));
      let late: Promise<Error> | undefined;
      const work = tenant.begin(async (tx) => {
        await tx`insert into data values (5, 50) returning key`;
        await terminate();
        await until("the service has not noticed", () => gate.alive === 0);
        late = rejection(tx`insert into data values (6, 60) returning key`);
        await late;
      });
      expect(await rejection(work)).to.include({ code: "DATABASE_UNAVAILABLE" });
      await until("the late statement was not tried", () => late !== undefined);
      await late;
      await expectServed();
      const rows = await database.sql(`select key from acme.data where key in (5, 6)`);
      expect(rows).to.deep.equal([]);
    });
  });

  describe("of PostgreSQL itself", () => {
    let server: OwnServer;
    let pgbouncer: PgBouncer;

    before(async () => {
      server = await openOwnServer({ acme: HOST });
      await server.sql(`insert into acme.data values (1, 10)`);
      pgbouncer = await server.startPgBouncer({ poolSize: 2 });
    });

    after(async () => {
      await pgbouncer.stop();
      await server.remove();
    });

    for (const way of ["directly", "through PgBouncer"]) {
      for (const end of ["stop", "kill"] as const) {
        it(`fetch() recovers by itself after PostgreSQL's ${end}() in mid-message, ${way}`, async () => {
          const url =
            way === "directly" ? server.serviceUrl : pgbouncer.url(SERVICE_ROLE, server.name);
          open(url, { DATABASE_CONNECTIONS: "2", REQUEST_TIMEOUT_MS: "2000" });
          await expectServed();
          const tenant = createTenant(service.database, parseHost(HOST));
          const interrupted = rejection(
            tenant`insert into data select 2, 20 from pg_sleep(9) returning key`,
          );
          await until("the message does not run", async () => {
            const sleep = `select from pg_stat_activity where wait_event = 'PgSleep'`;
            return (await server.sql(sleep)).length === 1;
          });
          await server[end]();
          expect(await interrupted).to.include({
            code: "DATABASE_UNAVAILABLE",
            outcome: "unknown",
          });
          const down = await read();
          expect(down.json).to.include({ status: 503, code: "DATABASE_UNAVAILABLE" });
          expect((await service.request(HOST, "GET", "/readyz")).status).to.equal(503);
          await server.start();
          await until("the service is not ready", async () => {
            return (await service.request(HOST, "GET", "/readyz")).status === 200;
          });
          await Promise.all([expectServed(), expectServed(), expectServed()]);
          expect(await server.sql(`select key from acme.data`)).to.deep.equal([{ key: 1 }]);
        });
      }
    }
  });
});
