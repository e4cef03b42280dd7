// The probes before poolers that are not one PgBouncer: of several processes, with server connections in turn, in
// statement mode that refuses nothing, and with the server's own key. They are judged by what they do.

import { expect } from "chai";
import { verifyPooler } from "../../admin/conformance/verify.ts";
import {
  examineAdminConnection,
  describeServiceConnection,
} from "../../admin/doctor/connection-findings.ts";
import { type PoolerBehaviour, readPooler } from "../../admin/doctor/pooler.ts";
import { withProbes } from "../../admin/doctor/probe.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { type MiniPoolerRules, openMiniPooler } from "../support/mini-pooler/mini-pooler.ts";
import { type PgBouncer, startPgBouncer } from "../support/server/pgbouncer.ts";
import { rejection } from "../support/rejection.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE, serverAddress } from "../support/server/server.ts";
import { openWireTap } from "../support/network/wire.ts";

describe("probes before poolers of several kinds", () => {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example" });
    await database.sql(
      `alter role ${SERVICE_ROLE} in database ${database.name}
         set client_connection_check_interval = '50ms'`,
    );
  });

  after(() => database.drop());

  const withMini = async <T>(
    rules: MiniPoolerRules,
    work: (url: string) => Promise<T>,
  ): Promise<T> => {
    const pooler = await openMiniPooler(database.serviceUrl, rules);
    try {
      return await work(pooler.url);
    } finally {
      await pooler.close();
    }
  };

  /** Starts so many PgBouncers on one port, each a process with a pool of its own. */
  const withPgBouncers = async <T>(
    count: number,
    settings: Readonly<Record<string, string>>,
    work: (url: string) => Promise<T>,
  ): Promise<T> => {
    const { host, port } = serverAddress();
    const users = { [SERVICE_ROLE]: SERVICE_PASSWORD };
    const started: PgBouncer[] = [];
    try {
      while (started.length < count) {
        const [first] = started;
        started.push(
          await startPgBouncer({
            serverHost: host,
            serverPort: port,
            users,
            poolSize: 3,
            settings: { so_reuseport: "1", ...settings },
            ...(first ? { port: first.port } : {}),
          }),
        );
      }
      return await work(started[0]?.url(SERVICE_ROLE, database.name) ?? "");
    } finally {
      for (const one of started) await one.stop();
    }
  };

  const read = (url: string): Promise<PoolerBehaviour> => withProbes(url, readPooler);

  const KINDS = [
    [
      "one that hands messages to two servers in turn",
      { mode: "transaction", poolSize: 2, roundRobin: true },
      "transaction",
    ],
    ["one process of one server connection", { mode: "transaction", poolSize: 1 }, "transaction"],
    [
      "two processes of one server connection each",
      { mode: "transaction", poolSize: 1, processes: 2 },
      "transaction",
    ],
    [
      "five processes that take theirs in turn",
      { mode: "transaction", poolSize: 3, processes: 5, roundRobin: true },
      "transaction",
    ],
    [
      "one that hands on a server's key",
      { mode: "transaction", poolSize: 2, serversKey: true },
      "transaction",
    ],
    ["statement mode that undoes what is open", { mode: "statement", poolSize: 2 }, "statement"],
    [
      "the same with servers in turn",
      { mode: "statement", poolSize: 2, roundRobin: true },
      "statement",
    ],
    ["the same with one server connection", { mode: "statement", poolSize: 1 }, "statement"],
    ["the same of two processes", { mode: "statement", poolSize: 1, processes: 2 }, "statement"],
    ["session mode with a key of its own", { mode: "session", poolSize: 20 }, "session"],
    [
      "session mode with fewer server connections than probes",
      { mode: "session", poolSize: 2 },
      "session",
    ],
    [
      "session mode with the server's key, as pgpool has it",
      { mode: "session", poolSize: 20, serversKey: true },
      "session",
    ],
  ] as const satisfies readonly (readonly [string, MiniPoolerRules, string])[];

  describe("made for it", () => {
    // A probe waits most of its time, so all of them wait at once.
    const behaviours = new Map<string, Promise<PoolerBehaviour>>();

    before(() => {
      for (const [what, rules] of KINDS) {
        const behaviour = withMini(rules, read);
        behaviour.catch(() => {});
        behaviours.set(what, behaviour);
      }
    });

    for (const [what, , mode] of KINDS) {
      it(`readPooler() knows ${what}`, async () => {
        expect(await behaviours.get(what)).to.include({ mode, undone: true, relayed: false });
      }).timeout(60_000);
    }
  });

  it("readPooler() tells a relay with the server's key from a server, and from a pooler", async () => {
    const direct = await read(database.serviceUrl);
    expect(direct).to.include({ mode: "none", relayed: false });
    const tap = await openWireTap(serverAddress());
    try {
      const url = new URL(database.serviceUrl);
      url.port = String(tap.port);
      const behaviour = await read(url.href);
      expect(behaviour).to.include({ mode: "none", relayed: true });
      expect(describeServiceConnection(behaviour)[0]?.seen).to.match(
        /^a relay in between passes on/,
      );
      const [admin] = await withProbes(url.href, examineAdminConnection);
      expect(admin).to.include({ level: "ok" });
      expect(admin?.seen).to.match(/^a relay in between passes on/);
    } finally {
      await tap.close();
    }
  });

  for (const [what, count, settings] of [
    ["of two processes", 2, {}],
    ["of three processes", 3, {}],
    ["with server_round_robin", 1, { server_round_robin: "1" }],
  ] as const) {
    it(`readPooler() knows PgBouncer ${what}`, async () => {
      await withPgBouncers(count, settings, async (url) => {
        expect(await read(url)).to.include({ mode: "transaction", undone: true });
      });
    }).timeout(30_000);
  }

  /** Every check holds, and nothing is left out. */
  const expectInOrder = async (url: string): Promise<void> => {
    const { signal } = new AbortController();
    const verdicts = await verifyPooler(url, database.adminUrl, signal, () => {});
    expect(verdicts.filter(({ level }) => level === "failed")).to.deep.equal([]);
    expect(verdicts.filter(({ level }) => level === "ok")).to.have.length(12);
    expect(verdicts.map(({ name }) => name)).to.not.include(
      "other connections of the service role",
    );
  };

  it("verify-pooler finds PgBouncer of two processes with server_round_robin in order", () =>
    withPgBouncers(2, { server_round_robin: "1" }, expectInOrder)).timeout(120_000);

  it("verify-pooler finds one that hands messages to two servers in turn in order", () =>
    withMini({ mode: "transaction", poolSize: 2, roundRobin: true }, expectInOrder)).timeout(
    120_000,
  );

  it("verify-pooler refuses statement mode, and says what it saw", async () => {
    await withMini({ mode: "statement", poolSize: 2 }, async (url) => {
      const { signal } = new AbortController();
      const refused = await rejection(verifyPooler(url, database.adminUrl, signal, () => {}));
      expect(refused.message).to.match(/^Cannot verify pooler: it is in statement mode/);
    });
  });
});
