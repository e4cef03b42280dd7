// Applications around another framework, Hono, and around none, on the three runtimes through PgBouncer: two tenants
// keep their rows apart while 200 requests are under way.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { addToken } from "../../admin/api/tokens/token-file.ts";
import type { Runtime } from "../../admin/development/runtime.ts";
import { type TestDatabase, useDatabase } from "../support/database.ts";
import { plant } from "../support/printed.ts";
import { type RunningRuntime, startRuntime } from "../support/runtime.ts";
import { sendHttp, type ServiceProcess, startService } from "../support/service.ts";

const HOSTS = { one: "one.example.com", two: "two.example.com" };
const FOLDER = fileURLToPath(new URL("./hono/", import.meta.url));
const REQUESTS = 200;
const SERVE_ADMIN = new URL("../../admin/serve-admin.js", import.meta.url);

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
      if (runtime === "worker") admin = await startAdmin(database);
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

    const ask = async (
      host: string,
      method: string,
      path: string,
      body?: string,
      user?: string,
    ) => {
      const headers = user === undefined ? {} : { "x-user": user };
      const answer = await sendHttp(running.port, host, method, path, body, undefined, headers);
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

    if (runtime !== "worker") return;

    it("signs up through the admin API, and the new tenant's host answers the next request", async () => {
      const signUp = (user: string) =>
        ask("www.example.com", "POST", "/sign-up", '{"name":"third"}', user);
      const made = await signUp("ann");
      expect([made.status, made.json]).to.deep.equal([201, { host: "third.example.com" }]);
      expect((await ask("third.example.com", "POST", "/notes", '"hello"')).status).to.equal(201);
      expect((await ask("third.example.com", "GET", "/notes")).json).to.deep.equal([
        { id: 1, text: "hello" },
      ]);
      expect((await signUp("ann")).status).to.equal(201);
      expect((await signUp("bob")).json).to.include({ code: "NAME_TAKEN" });
      expect(await admin?.program.stop()).to.equal(0);
      expect(admin?.program.output()).to.include('"actor":"sign-up"');
      expect((await signUp("ann")).status).to.equal(500);
    });
  });
}

/** The admin API as a program. */
interface AdminProgram {
  readonly program: ServiceProcess;
  /** Its address and a token that may create, as wrangler takes variables. */
  readonly variables: readonly string[];
  /** Ends it, unless it has ended, and removes its token file. */
  remove(): Promise<void>;
}

async function startAdmin({ adminUrl }: TestDatabase): Promise<AdminProgram> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-admin-api-"));
  const file = join(folder, "tokens");
  const token = plant(await addToken(file, "sign-up", "create"));
  const env = { TENANT_MIGRATIONS: `${FOLDER}migrations` };
  const program = await startService(adminUrl, env, SERVE_ADMIN, (port) => [
    ...["--token-file", file],
    ...["--port", String(port)],
  ]);
  return {
    program,
    variables: [`ADMIN_API_URL:http://127.0.0.1:${program.port}`, `ADMIN_API_TOKEN:${token}`],
    async remove() {
      if (program.child.exitCode === null) await program.stop();
      await rm(folder, { recursive: true });
    },
  };
}
