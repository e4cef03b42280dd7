// The doctor before sound installations and before such as are not: each kind of finding is brought about,
// seen, undone, and seen no more.

import { expect } from "chai";
import pg from "pg";
import type { Finding } from "../../admin/doctor/finding.ts";
import { type Figures, judgeBudget } from "../../admin/doctor/budget.ts";
import { parseAddress } from "../../src/database/wire/address.ts";
import { judgeEncryption } from "../../admin/doctor/connection-findings.ts";
import { useDatabase } from "../support/database/database.ts";
import { type PgBouncer, startPgBouncer } from "../support/server/pgbouncer.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE, serverAddress, urlOf } from "../support/server/server.ts";
import { runVerbWith, type VerbResult } from "../support/program/verb.ts";

describe("doctor", () => {
  const database = useDatabase({ acme: "acme.example", other: "other.example" });

  const doctor = (
    variables: Readonly<Record<string, string>>,
    ...parameters: string[]
  ): Promise<VerbResult> => runVerbWith(variables, "doctor", ...parameters);

  const complaintsOf = (findings: readonly Finding[]): readonly string[] => {
    const found = findings.filter(({ level }) => level !== "ok");
    for (const { advice } of found) expect(advice).to.be.a("string");
    return found.map(({ level, check, seen }) => `${level} ${check}: ${seen}`);
  };

  /** Every finding that is not in order, as `level check: what was seen`. */
  const complaints = async (
    wanted: number,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> => {
    const both = { DATABASE_URL: database.serviceUrl, ADMIN_DATABASE_URL: database.adminUrl };
    const { status, stdout, stderr } = await doctor({ ...both, ...variables }, "--json");
    expect(stderr).to.equal("");
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
    const lines = complaintsOf(findings);
    expect(status, lines.join("\n")).to.equal(wanted);
    return lines;
  };

  const startPool = (settings: Record<string, string>, poolSize = 3): Promise<PgBouncer> => {
    const { host, port } = serverAddress();
    const admin = new URL(database.adminUrl);
    return startPgBouncer({
      serverHost: host,
      serverPort: port,
      users: {
        [SERVICE_ROLE]: SERVICE_PASSWORD,
        [admin.username]: decodeURIComponent(admin.password),
      },
      poolSize,
      settings,
    });
  };

  /** What the probes could have left on each of the pool's server connections, all of them held at once. */
  const readLeftovers = async (url: string, poolSize: number): Promise<unknown[]> => {
    const clients = Array.from({ length: poolSize }, () => new pg.Client(url));
    const left = await Promise.all(
      clients.map(async (client) => {
        await client.connect();
        await client.query("begin");
        const { rows } = await client.query<{ setting: string; prepared: number }>(
          `select coalesce(current_setting('rowhouse.probe', true), '') as setting,
             (select count(*)::int from pg_prepared_statements) as prepared`,
        );
        return [rows[0]?.setting, rows[0]?.prepared];
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    return left;
  };

  it("doctor finds a direct installation in order, and tells what it has seen", async () => {
    const { status, stdout, stderr } = await doctor({
      DATABASE_URL: database.serviceUrl,
      ADMIN_DATABASE_URL: database.adminUrl,
    });
    expect(stderr).to.equal("");
    expect(stdout).to.match(/\n\d+ ok, 0 to consider, 0 unsafe\n$/);
    expect(status).to.equal(0);
    for (const line of [
      "ok      admin connection: it is direct",
      "ok      pooler: the service connects directly: each connection is one of the server's",
      "ok      prepared statements: they survive; the service does not use them",
      "ok      startup parameters: options are accepted; the service sends only application_name",
      "ok      message: it enters the registry, which answers that the host is unknown",
      `ok      database: both URLs lead to "${database.name}"`,
    ]) {
      expect(stdout.split("\n")).to.include(line);
    }
    expect(stdout).to.match(
      /^ok {6}service role: alone it cannot read a tenant's table, \w+\.data$/m,
    );
    expect(stdout).to.match(
      /^ok {6}catalogs: 2 tenants; \d+ schemas, \d+ relations, [\d.]+ [kM]B of catalogs$/m,
    );
  });

  for (const poolSize of [1, 3]) {
    it(`doctor knows PgBouncer in transaction mode with ${poolSize} connections, and leaves nothing on them`, async () => {
      const pool = await startPool({}, poolSize);
      try {
        const DATABASE_URL = pool.url(SERVICE_ROLE, database.name);
        const { status, stdout } = await doctor({
          DATABASE_URL,
          ADMIN_DATABASE_URL: database.adminUrl,
        });
        expect(stdout).to.match(/\n\d+ ok, 0 to consider, 0 unsafe\n$/);
        expect(status).to.equal(0);
        expect(stdout).to.include("ok      pooler: it is in transaction mode\n");
        expect(stdout).to.include("startup parameters: options are refused");
        const lost = poolSize > 1;
        expect(stdout).to.include(
          `session settings: a client's setting is visible to others and ${lost ? "" : "not "}lost to the client itself`,
        );
        expect(stdout).to.include(
          `prepared statements: they ${lost ? "do not survive" : "survive"}`,
        );
        expect(await readLeftovers(DATABASE_URL, poolSize)).to.deep.equal(
          Array.from({ length: poolSize }, () => ["", 0]),
        );
      } finally {
        await pool.stop();
      }
    });
  }

  it("doctor knows PgBouncer in session mode, and in statement mode", async () => {
    for (const mode of ["session", "statement"]) {
      const pool = await startPool({ pool_mode: mode });
      try {
        const DATABASE_URL = pool.url(SERVICE_ROLE, database.name);
        const found = await complaints(0, { DATABASE_URL });
        expect(found).to.have.length(1);
        expect(found[0]).to.include(`warn pooler: it is in ${mode} mode`);
      } finally {
        await pool.stop();
      }
    }
  });

  it("doctor finds an admin connection through a pooler unsafe", async () => {
    const pool = await startPool({});
    try {
      const admin = new URL(database.adminUrl);
      const url = pool.url(admin.username, database.name);
      const found = await complaints(1, { ADMIN_DATABASE_URL: url });
      expect(found).to.have.length(1);
      expect(found[0]).to.match(
        /^unsafe admin connection: it goes through a pooler in transaction mode/,
      );
    } finally {
      await pool.stop();
    }
  });

  it("doctor finds a missing URL, another database, and one that is not to be reached", async () => {
    expect(await complaints(0, { DATABASE_URL: "" })).to.deep.equal([
      "warn DATABASE_URL: it is not set: the doctor did not check what the service would see",
    ]);
    expect(await complaints(0, { ADMIN_DATABASE_URL: "" })).to.deep.equal([
      "warn ADMIN_DATABASE_URL: it is not set: the doctor did not check what the verbs would see",
    ]);
    const elsewhere = urlOf("template1", { name: SERVICE_ROLE, password: SERVICE_PASSWORD });
    const found = await complaints(1, { DATABASE_URL: elsewhere });
    expect(found).to.include(
      `unsafe database: the service is in "template1" and the verbs are in "${database.name}", or on another server`,
    );
    expect(found).to.include("unsafe message: it ended with 3F000, expected RH404");
    const closed = new URL(database.serviceUrl);
    closed.port = "1";
    const unreachable = await complaints(1, { DATABASE_URL: closed.href });
    expect(unreachable).to.have.length(1);
    expect(unreachable[0]).to.match(/^unsafe DATABASE_URL: the connection fails: .*ECONNREFUSED/);
    const wrong = new URL(database.adminUrl);
    wrong.username = "rowhouse_test_nobody";
    const refused = await complaints(1, { ADMIN_DATABASE_URL: wrong.href });
    expect(refused).to.have.length(1);
    expect(refused[0]).to.match(
      /^unsafe ADMIN_DATABASE_URL: the connection fails: .*\(28(?:P01|000)\)$/,
    );
  });

  it("doctor lets the admin role in DATABASE_URL as it is, and names the role to connect as", async () => {
    for (const ADMIN_DATABASE_URL of [database.adminUrl, ""]) {
      const variables = { DATABASE_URL: database.adminUrl, ADMIN_DATABASE_URL };
      const { status, stdout } = await doctor(variables, "--json");
      expect(status).to.equal(1);
      const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
      const powers = findings.find(({ seen }) => seen.startsWith("it has SUPERUSER"));
      expect(powers?.advice).to.match(/^connect as /);
      if (ADMIN_DATABASE_URL === "") continue;
      for (const { level, seen, advice } of findings) {
        if (level === "ok" || !seen.startsWith("alone it can ")) continue;
        expect(advice, seen).to.equal(`connect as "${SERVICE_ROLE}"`);
      }
    }
  });

  it("an unsafe installation makes the verb exit 1", async () => {
    await database.sql(`grant select on acme.data to ${SERVICE_ROLE}`);
    const found = await complaints(1);
    expect(found).to.include("unsafe service role: alone it has privileges on 1 table of tenants");
    await database.sql(`revoke select on acme.data from ${SERVICE_ROLE}`);
  });

  it("judgeBudget() warns of what so many schemas cost, and of none too few", () => {
    const small: Figures = {
      tenants: 100,
      schemas: 105,
      relations: 900,
      tables: 100,
      largest: 3,
      bytes: "1048576",
      connections: 100,
      used: 5,
      locksPerTransaction: 64,
      preparedTransactions: 0,
    };
    const warned = (figures: Partial<Figures>): string[] =>
      complaintsOf(judgeBudget({ ...small, ...figures })).map((line) => line.split(":")[0] ?? "");
    expect(warned({})).to.deep.equal([]);
    expect(warned({ tables: 30_000 })).to.deep.equal(["warn catalog cache"]);
    expect(warned({ largest: 1000 })).to.deep.equal(["warn locks"]);
    expect(warned({ largest: 1000, locksPerTransaction: 128 })).to.deep.equal([]);
    expect(warned({ used: 80 })).to.deep.equal(["warn connections"]);
  });

  it("judgeEncryption() warns of plain text, and of a certificate that is not checked, beyond this machine", () => {
    const level = (host: string, query: string, encrypted: boolean): string => {
      const address = parseAddress(`postgres://a@${host}/b${query}`);
      return judgeEncryption("service connection", address, encrypted).level;
    };
    for (const host of ["db.example.com", "10.0.0.1", "127.example.com", "[2001:db8::1]"]) {
      expect(level(host, "", false)).to.equal("warn");
      expect(level(host, "?sslmode=prefer", false)).to.equal("warn");
      expect(level(host, "?sslmode=prefer", true)).to.equal("warn");
      expect(level(host, "?sslmode=require", true)).to.equal("warn");
      expect(level(host, "?sslmode=verify-full", true)).to.equal("ok");
    }
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      expect(level(host, "", false)).to.equal("ok");
      expect(level(host, "?sslmode=require", true)).to.equal("ok");
    }
  });
});
