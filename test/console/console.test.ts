// node admin/console.js as a program: what it prints, how it ends, and what it does while the database is
// away.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Fleet, MigrationState } from "../../admin/console/api.ts";
import { createConsoleClient, openTestConsole } from "../support/console/console.ts";
import { useDatabase } from "../support/database/database.ts";
import { openGate } from "../support/network/gate.ts";
import { makeMigrations } from "../support/sql/migrations.ts";
import { redirect } from "../support/network/redirect.ts";
import { serverAddress } from "../support/server/server.ts";
import { until } from "../support/until.ts";
import { runVerb, startVerb, type StartedVerb } from "../support/program/verb.ts";

describe("console", () => {
  const database = useDatabase({ acme: "acme.example.com" });

  const start = (parameters: readonly string[] = [], env: Record<string, string> = {}) =>
    startVerb({ adminUrl: database.adminUrl, env }, "console", "--port", "0", ...parameters);
  const urlOf = async (verb: StartedVerb): Promise<string> => {
    await until("no URL is printed", () => verb.stdout().includes("\n"));
    return verb.stdout().split("\n")[0] ?? "";
  };

  it("prints one URL that opens it once, and ends with Ctrl-C while a page listens", async () => {
    const verb = start();
    try {
      const url = await urlOf(verb);
      expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/enter\?token=[\w-]{43}$/);
      const client = await createConsoleClient(url);
      const fleet = await client.get<Fleet>("/api/fleet");
      expect([fleet.database, fleet.tenants]).to.deep.equal([database.name, 1]);
      expect((await createConsoleClient(url)).cookie).to.equal("");
      const listener = await client.listen();
      verb.kill("SIGINT");
      expect(await verb.result).to.deep.equal({
        status: 0,
        stdout: `${url}\nThe URL opens in one browser, once; start again for another. Ctrl-C ends the console\nStopped\n`,
        stderr: "",
      });
      expect(listener.ended).to.equal(true);
    } finally {
      verb.kill("SIGKILL");
    }
  });

  it("prints JSON for a machine", async () => {
    const verb = start(["--json"]);
    try {
      await until("no URL is printed", () => verb.stdout().includes("\n"));
      verb.kill("SIGTERM");
      const { status, stdout } = await verb.result;
      const [first = "", last = ""] = stdout.trim().split("\n");
      expect(JSON.parse(first)).to.have.property("url").that.includes("/enter?token=");
      expect(JSON.parse(last)).to.deep.equal({ stopped: true });
      expect(status).to.equal(0);
    } finally {
      verb.kill("SIGKILL");
    }
  });

  it("Ctrl-C lets the tenants end that are being migrated, and removes a half-written export", async () => {
    const migrations = await makeMigrations();
    const folder = await mkdtemp(join(tmpdir(), "rowhouse-exports-"));
    // The first two have the names of those that the tenants have.
    for (const name of ["0001-data", "0002-updated-at", "0003-c"]) {
      await migrations.write(name, [
        `create table "\${schema}"."${name.slice(5)}" (id int primary key)`,
      ]);
    }
    await database.addTenants({ one: "one.example", two: "two.example" });
    const client = await database.openClient();
    await client.query(
      "begin; lock table one.data in access exclusive mode; create table two.c ()",
    );
    const verb = start(["--exports", folder], { TENANT_MIGRATIONS: migrations.folder });
    try {
      const page = await createConsoleClient(await urlOf(verb));
      expect((await page.post("/api/tenants/one/export")).status).to.equal(200);
      await client.waitUntilBlocked("one");
      const begun = await page.post("/api/migrations/start", { tenants: "two" });
      expect((begun.json as MigrationState).total).to.equal(1);
      await client.waitUntilBlocked("create table");
      verb.kill("SIGINT");
      await client.query("rollback");
      const { status, stderr } = await verb.result;
      expect([status, stderr]).to.deep.equal([0, ""]);
      expect(await readdir(folder)).to.deep.equal([]);
      const [row] = await database.sql(
        "select version from rowhouse.tenant where schema_name = 'two'",
      );
      expect(row).to.deep.equal({ version: 3 });
      // The folder of the others does not have the third.
      await database.sql("update rowhouse.tenant set version = 2 where schema_name = 'two'");
    } finally {
      verb.kill("SIGKILL");
      await client.end();
      await migrations.remove();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("says what it cannot do, before it listens", async () => {
    const fails = async (status: number, line: RegExp, ...parameters: string[]): Promise<void> => {
      const result = await runVerb(database.adminUrl, "console", ...parameters);
      expect(result.stderr).to.match(line);
      expect([result.status, result.stdout]).to.deep.equal([status, ""]);
    };
    const server = createServer().listen(0, "127.0.0.1");
    await until("nobody listens", () => server.listening);
    const { port } = server.address() as AddressInfo;
    await Promise.all([
      fails(
        1,
        /^Cannot listen: port \d+ on 127\.0\.0\.1 is in use; [^\n]+\n$/,
        "--port",
        `${port}`,
      ),
      fails(
        1,
        /^Cannot listen: 192\.0\.2\.1:0 gives EADDRNOTAVAIL; /,
        "--port",
        "0",
        "--listen",
        "192.0.2.1",
      ),
      fails(2, /--listen "example\.com" is not an IP address/, "--listen", "example.com"),
      fails(2, /--service "ftp:\/\/x" is not a URL with http or https/, "--service", "ftp://x"),
      fails(
        2,
        /--service must not contain a user or password/,
        "--service",
        "http://user:secret@127.0.0.1/",
      ),
      fails(1, /is not a folder; create it first/, "--exports", "/nowhere/at/all"),
    ]);
    server.close();
  });

  it("answers 503 while the database is away, and goes on by itself when it is back", async () => {
    const gate = await openGate(serverAddress().port);
    const console = await openTestConsole(redirect(database.adminUrl, gate.port));
    try {
      const headers = console.readHeaders();
      const ask = () => console.send({ path: "/api/fleet", headers });
      expect((await ask()).status).to.equal(200);
      gate.mode = "closing";
      gate.reset();
      await until("nobody notices", async () => (await ask()).status === 503);
      const { json } = await ask();
      expect(json)
        .to.have.property("detail")
        .that.matches(/^Cannot reach the database: /);
      const change = await console.post("/tenants/acme/suspend");
      expect(change.status).to.equal(503);
      gate.mode = "open";
      await until("it does not go on", async () => (await ask()).status === 200);
      expect(console.notes).to.deep.equal([]);
    } finally {
      await console.close();
      await gate.close();
    }
  });
});
