// Several databases on the runtimes: Deno as a program, and a Worker's bindings. test/runtime/worker.test.ts has workerd.

import { expect } from "chai";
import { createApp } from "../../src/example/app.ts";
import { start, type Env, type Worker } from "../../src/runtime/worker-server.ts";
import { type RunningRuntime, startRuntime } from "../support/program/runtime.ts";
import { sendHttp } from "../support/program/service.ts";
import { useDatabases } from "../support/database/several-databases.ts";

const several = (): ReturnType<typeof useDatabases<"eu">> =>
  useDatabases({ home: { near: "near.test" }, eu: { far: "far.test" } });

describe("several databases on Deno", () => {
  const { databases } = several();
  let runtime: RunningRuntime;

  before(async function () {
    this.timeout(60_000);
    await databases.eu.sql(`insert into far.data values (1, 2)`);
    runtime = await startRuntime("deno", {
      DATABASE_URL: databases.home.serviceUrl,
      DATABASE_URL_EU: databases.eu.serviceUrl,
    });
  });

  after(() => runtime?.stop());

  it("the service finds a tenant in the other one, and names both at /readyz", async () => {
    const { status, text } = await sendHttp(runtime.port, "far.test", "GET", "/data/1");
    expect([status, text]).to.deep.equal([200, '{"value":2}']);
    const ready = await sendHttp(runtime.port, "any.test", "GET", "/readyz");
    expect(JSON.parse(ready.text)).to.have.nested.property("databases.eu", "ready");
  });
});

describe("several databases of a Worker", () => {
  const { count, databases, taps } = several();
  let worker: Worker;

  const answer = async (host: string, env: Env): Promise<number> => {
    const waiting: Promise<unknown>[] = [];
    const request = new Request("http://localhost/data", { headers: { host } });
    const { status } = await worker.fetch(request, env, {
      waitUntil: (work) => waiting.push(work),
    });
    await Promise.all(waiting);
    return status;
  };

  it("the bindings HYPERDRIVE_… name them, and a hint outlives the request that found it", async () => {
    worker = start(createApp);
    const through = (url: string, port: number): { readonly connectionString: string } => {
      const tapped = new URL(url);
      tapped.port = String(port);
      return { connectionString: tapped.href };
    };
    const env = {
      HYPERDRIVE: through(databases.home.serviceUrl, taps.home.port),
      HYPERDRIVE_EU: through(databases.eu.serviceUrl, taps.eu.port),
      LOG_LEVEL: "silent",
    };
    const first = await count(async () => expect(await answer("far.test", env)).to.equal(200));
    expect(first).to.deep.equal({ home: 1, eu: 1 });
    const next = await count(async () => expect(await answer("far.test", env)).to.equal(200));
    expect(next).to.deep.equal({ eu: 1 });
  });
});
