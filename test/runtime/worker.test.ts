// The contract on workerd, through wrangler; and what only a Worker has: two ways to name its database,
// and a connection for each request.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type TestDatabase, useDatabase } from "../support/database/database.ts";
import { type Client, createClient } from "../support/network/http-client.ts";
import { holdRow } from "../support/database/row-lock.ts";
import { type RunningRuntime, startRuntime } from "../support/program/runtime.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { until } from "../support/until.ts";
import { describeContract } from "./contract/contract.ts";
import type { Start } from "./contract/stage.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const withHyperdrive: Start = (env) => startRuntime("worker", env);

/** Starts it from a folder with a configuration that has no binding, and DATABASE_URL as a secret. */
const withDatabaseUrl: Start = async (env) => {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-worker-"));
  const config = await readFile(join(ROOT, "wrangler.toml"), "utf8");
  const main = `main = ${JSON.stringify(join(ROOT, "src/worker.ts"))}`;
  await writeFile(
    join(folder, "wrangler.toml"),
    config.replace(/^\[\[hyperdrive\]\]\n(?:\w.*\n)+/m, "").replace(/^main = .*$/m, main),
  );
  await writeFile(join(folder, ".dev.vars"), `DATABASE_URL="${env["DATABASE_URL"]}"\n`);
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const runtime = await startRuntime("worker", env, (program) => ({ ...program, folder }));
    const stop = async (): Promise<void> => {
      await runtime.stop();
      await remove();
    };
    return { ...runtime, stop };
  } catch (error) {
    await remove();
    throw error;
  }
};

// The contract ends connections from either side, and wrangler's stand-in for Hyperdrive ends with the
// first that is reset: https://github.com/cloudflare/workers-sdk/issues/15768 (in 4.86.0 on every
// connection; later versions need Node 22).
describeContract("workerd", withDatabaseUrl, {
  // workerd makes a URL of target and Host before it calls the Worker; where there is none, it answers
  // a bare 400 or 500. At Cloudflare the edge refuses such requests before.
  refusesItself: ["missing", "doubled", "contradicted", "noUrl"],
  // wrangler's proxy sends an announced body on to its end before it takes the Worker's answer.
  waitsForBody: true,
  // workerd closes a connection on which it refused a body, and wrangler's proxy may send the next
  // request there: it repeats a GET itself, and answers any other as below. That such a request has not
  // come to the Worker, the contract's counts of writes show.
  isLost: ({ status, text, headers }) =>
    status === 503 &&
    headers["x-request-id"] === undefined &&
    text.startsWith("Your worker restarted mid-request"),
});

const WAYS: readonly (readonly [string, Start, string])[] = [
  ["the Hyperdrive binding of wrangler.toml", withHyperdrive, "env.HYPERDRIVE"],
  ["DATABASE_URL and no binding", withDatabaseUrl, "env.DATABASE_URL"],
];

for (const [name, start, binding] of WAYS) {
  describe(`a Worker with ${name}`, function () {
    this.timeout(60_000);
    const host = "acme.example.com";
    const database = useDatabase({ acme: host });
    const other = useDatabase({ far: "far.example.com" });
    let pgbouncer: Awaited<ReturnType<TestDatabase["startPgBouncer"]>>;
    let runtime: RunningRuntime;
    let client: Client;

    before(async () => {
      await database.sql(`insert into acme.data values (1, 11)`);
      pgbouncer = await database.startPgBouncer({ poolSize: 2 });
      await database.sql(
        `insert into rowhouse.pointer values ('far', 'eu')`,
        `insert into rowhouse.domain (host, schema_name, database) values ('far.example.com', 'far', 'eu')`,
      );
      await other.sql(`insert into far.data values (1, 22)`);
      const urls = { DATABASE_URL: pgbouncer.serviceUrl, DATABASE_URL_EU: other.serviceUrl };
      runtime = await start(urls);
      client = createClient(runtime.port);
    });

    after(async () => {
      client?.close();
      await runtime?.stop();
      await pgbouncer?.stop();
    });

    it("serves from its database", async () => {
      const { status, json } = await client.request(host, "GET", "/data/1");
      expect([status, json]).to.deep.equal([200, { value: 11 }]);
      expect(runtime.output().match(/env\.(?:HYPERDRIVE|DATABASE_URL)\b/g)).to.deep.equal([
        binding,
      ]);
    });

    it("finds a tenant in another database", async () => {
      const { status, json } = await client.request("far.example.com", "GET", "/data/1");
      expect([status, json]).to.deep.equal([200, { value: 22 }]);
    });

    it("has a connection for each request, and none behind the answer", async () => {
      const countClients = async (): Promise<number> => {
        const clients = await pgbouncer.console("SHOW CLIENTS");
        return clients.filter((found) => found["user"] === SERVICE_ROLE).length;
      };
      const lock = await holdRow(database, "acme", 1);
      const waiting = [1, 2, 3].map(() => client.request(host, "PUT", "/data/1", { value: 11 }));
      await until("there are not three connections", async () => (await countClients()) === 3);
      await lock.release();
      for (const { status } of await Promise.all(waiting)) expect(status).to.equal(200);
      await until("a connection is left", async () => (await countClients()) === 0);
    });
  });
}
