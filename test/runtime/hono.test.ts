// Applications around another framework, Hono, and around none, on the three runtimes through PgBouncer: two tenants
// keep their rows apart while 200 requests are under way, and work goes on after an answer.

import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Runtime } from "../../admin/development/application.ts";
import { type TestDatabase, useDatabase } from "../support/database/database.ts";
import { type RunningRuntime, startRuntime } from "../support/program/runtime.ts";
import { sendHttp } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { type AdminProgram, describeSignUp, startAdmin } from "./sign-up.ts";

const HOSTS = { one: "one.example.com", two: "two.example.com" };
const FOLDER = fileURLToPath(new URL("./hono/", import.meta.url));
const REQUESTS = 200;

const ENTRIES: Readonly<Record<Runtime, string>> = {
  node: `${FOLDER}node.js`,
  deno: `${FOLDER}deno.ts`,
  worker: `${FOLDER}worker.ts`,
};

for (const runtime of ["node", "deno", "worker"] as const) {
  describe(`Hono on ${runtime}`, function () {
    this.timeout(60_000);
    const database = useDatabase();
    let pgbouncer: Awaited<ReturnType<TestDatabase["startPgBouncer"]>>;
    let running: RunningRuntime;
    let admin: AdminProgram | undefined;

    before(async () => {
      await database.addTenants(HOSTS, `${FOLDER}migrations`);
      if (runtime === "worker") admin = await startAdmin(database.adminUrl, `${FOLDER}migrations`);
      pgbouncer = await database.startPgBouncer({ poolSize: 4 });
      const env = { DATABASE_URL: pgbouncer.serviceUrl, TENANT_MAX_IN_FLIGHT: "200" };
      running = await startRuntime(runtime, env, (program) => {
        const parameters = program.parameters.filter(
          (one) => !/\.[jt]s$/.test(one) || /wrangler/.test(one),
        );
        parameters.splice(runtime === "worker" ? 2 : parameters.length, 0, ENTRIES[runtime]);
        for (const variable of admin?.variables ?? []) parameters.push("--var", variable);
        return { ...program, parameters };
      });
    });

    after(async () => {
      await running.stop();
      await pgbouncer.stop();
      await admin?.remove();
    });

    const askLater = async (): Promise<void> => {
      const { status, text } = await sendHttp(running.port, HOSTS.one, "POST", "/later");
      expect([status, text], running.output()).to.deep.equal([202, "answered"]);
    };
    const countLater = async (): Promise<number> =>
      (await database.sql("select from one.note where text = 'later'")).length;
    const ask = async (host: string, method: string, path: string, body?: string) => {
      const answer = await sendHttp(running.port, host, method, path, body);
      return { ...answer, json: JSON.parse(answer.text) as unknown };
    };

    it("keeps two tenants' rows apart, with 200 requests at once", async () => {
      const texts = Object.keys(HOSTS);
      for (const [text, host] of Object.entries(HOSTS)) {
        const added = await ask(host, "POST", "/notes", JSON.stringify(text));
        expect(added.status, added.text + running.output()).to.equal(201);
      }
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, async (_, index) => {
          const text = texts[index % 2] as keyof typeof HOSTS;
          const { status, json } = await ask(
            HOSTS[text],
            "GET",
            index % 3 === 0 ? "/plain" : "/notes",
          );
          return { text, status, json };
        }),
      );
      for (const { text, status, json } of answers) {
        expect([status, json]).to.deep.equal([200, [{ id: 1, text }]]);
      }
    });

    it("answers errors as problem+json", async () => {
      const problems = [
        await ask("nobody.example.com", "GET", "/notes"),
        await ask(HOSTS.one, "POST", "/notes", '""'),
        await ask(HOSTS.one, "GET", "/nowhere"),
      ];
      expect(
        problems.map(({ status, headers }) => [status, headers["content-type"]]),
      ).to.deep.equal([
        [404, "application/problem+json"],
        [400, "application/problem+json"],
        [404, "application/problem+json"],
      ]);
      expect(problems[1]?.json).to.include({ code: "NOTE_EMPTY" });
    });

    it("c.executionCtx.waitUntil() lets statements go on after the answer, and their failure is logged", async () => {
      await askLater();
      expect(await countLater()).to.equal(0);
      await until("the work goes on", () =>
        running.output().includes('"event":"background work failed"'),
      );
      expect(await countLater()).to.equal(1);
      expect(running.output()).to.match(/"background work failed","requestId":"[^"]+",.*"22012"/);
    });

    if (runtime === "worker") {
      describeSignUp(() => ({ port: running.port, program: admin?.program }));
      return;
    }

    it("c.executionCtx.waitUntil() holds up the end of the process", async () => {
      await askLater();
      await running.stop();
      expect(await countLater()).to.equal(2);
    });
  });
}
