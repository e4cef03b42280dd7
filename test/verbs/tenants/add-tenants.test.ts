// add-tenants: what a file may look like, that nothing is created of one that has a problem, and that it can
// be run again after whatever happened to it.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { createRandom } from "../../support/random.ts";
import { openService } from "../../support/program/service.ts";
import { until } from "../../support/until.ts";
import {
  performVerb,
  runVerb,
  startVerb,
  type StartedVerb,
  type VerbResult,
} from "../../support/program/verb.ts";

describe("add-tenants", () => {
  const database = useDatabase({ first: "first.example" });
  let folder: string;

  const add = async (content: string, ...parameters: string[]): Promise<VerbResult> => {
    const file = join(folder, "tenants");
    await writeFile(file, content);
    return runVerb(database.adminUrl, "add-tenants", file, ...parameters);
  };
  const pipe = (input: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb({ adminUrl: database.adminUrl, input }, "add-tenants", "-", ...parameters);
  const start = (input: string, ...parameters: string[]): StartedVerb =>
    startVerb({ adminUrl: database.adminUrl, input }, "add-tenants", "-", ...parameters);
  const domains = async (prefix: string): Promise<string[]> =>
    (
      await database.sql<{ text: string }>(
        `select host || ' ' || schema_name as text from rowhouse.domain
           where schema_name like '${prefix}%' order by 1`,
      )
    ).map(({ text }) => text);

  /** What is whole: a tenant with its schema, its role, its table and a host. */
  const whole = async (prefix: string): Promise<number> => {
    const [row] = await database.sql<{ whole: number; parts: number }>(
      `select
         (select count(*)::int from rowhouse.tenant as t
            join pg_roles on rolname = role_name
            join rowhouse.domain using (schema_name)
            where to_regclass(t.schema_name || '.data') is not null and version = 2
              and t.schema_name like '${prefix}%') as whole,
         greatest(
           (select count(*)::int from rowhouse.tenant where schema_name like '${prefix}%'),
           (select count(*)::int from pg_namespace where nspname like '${prefix}%'),
           (select count(*)::int from pg_roles where rolname like
              (select 'rh\\_' || oid || '\\_${prefix}%' from pg_database
                 where datname = current_database()))) as parts`,
    );
    expect(row?.parts).to.equal(row?.whole);
    return row?.whole ?? -1;
  };
  const csv = (prefix: string, count: number): string =>
    "host,schema\n" +
    Array.from({ length: count }, (_, n) => `${prefix}${n}.example,${prefix}${n}\n`).join("");

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-add-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("creates the tenants of a CSV file, and the second time finds them there", async () => {
    const content =
      '\uFEFFSchema,Host\r\ncsv_a, CSV-A.Example. \r\n\r\n"csv_b","*.csv-b.example"\r\n';
    const first = await add(content);
    expect(first.stderr).to.equal("");
    expect(first.stdout).to.match(/^Added 2 tenants in \d+\.\d s\n$/);
    expect(await domains("csv_")).to.deep.equal(["*.csv-b.example csv_b", "csv-a.example csv_a"]);
    expect(await whole("csv_")).to.equal(2);
    const again = await add(content);
    expect(again).to.include({ status: 0, stderr: "" });
    expect(again.stdout).to.match(/^Added 0 tenants in \d+\.\d s; 2 existed already\n$/);
    const service = openService(database.serviceUrl);
    expect((await service.request("x.csv-b.example", "GET", "/data")).status).to.equal(200);
    await service.close();
  });

  it("gives those of NDJSON their settings, and leaves those of a tenant that exists", async () => {
    const list = (plan: string, ...more: string[]): string =>
      ["se_a", ...more]
        .map((schema) => JSON.stringify({ schema, host: `${schema}.test`, settings: { plan } }))
        .join("\n");
    await pipe(list("free"));
    const { status } = await pipe(list("pro", "se_b"));
    expect(status).to.equal(0);
    const stored = await database.sql(
      `select schema_name as name, settings->>'plan' as plan from rowhouse.tenant
        where schema_name like 'se\\_%' order by 1`,
    );
    expect(stored).to.deep.equal([
      { name: "se_a", plan: "free" },
      { name: "se_b", plan: "pro" },
    ]);
  });

  it("creates those of NDJSON on standard input, and prints a line for each", async () => {
    const input =
      ' \n{"host":"nd-a.example","schema":"nd_a"}\n' +
      '{"hosts":["nd-b.example","www.nd-b.example","nd-b.example"],"schema":"nd_b"}';
    const { status, stdout } = await pipe(input, "--json", "--concurrency", "1");
    expect(status).to.equal(0);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).to.deep.equal([
      { line: 2, schemaName: "nd_a", hosts: ["nd-a.example"], outcome: "added" },
      {
        line: 3,
        schemaName: "nd_b",
        hosts: ["nd-b.example", "www.nd-b.example"],
        outcome: "added",
      },
      { added: 2, existing: 0, failed: 0, left: 0 },
    ]);
    expect(await whole("nd_a")).to.equal(1);
  });

  it("tells every problem with its line, and creates nothing", async () => {
    const { status, stdout, stderr } = await add(
      "host,schema\nok.example,bad_ok\na..b,bad_host\nbad.example,Bad\nx,y,z\n" +
        'ok.example,bad_second\nother.example,bad_ok\n"x\'; drop schema first",pg_x\n',
    );
    expect(status).to.equal(1);
    const expected = [
      /^Line 3: Cannot read host: "a\.\.b" /,
      /^Line 4: Cannot use schema name "Bad": /,
      /^Line 5: It has 3 fields, not 2$/,
      /^Line 6: Host "ok\.example" is already in line 2$/,
      /^Line 7: Schema "bad_ok" is already in line 2$/,
      /^Line 8: Cannot use schema name "pg_x": it is reserved; /,
      /^Line 8: Cannot read host: "x'; drop schema first" /,
    ];
    const lines = stdout.trimEnd().split("\n");
    expect(lines).to.have.length(expected.length);
    for (const [index, pattern] of expected.entries()) expect(lines[index]).to.match(pattern);
    expect(stderr).to.equal(
      "Cannot add tenants: the file has 7 problems; nothing was created, correct the file and run again\n",
    );
    expect(await whole("bad_")).to.equal(0);
  });

  it("tells what is no CSV, no header, no JSON and no file", async () => {
    const files: readonly (readonly [string, RegExp, ...string[]])[] = [
      ["a.example,a\n", /^Line 1: The header is "a\.example,a", not "host,schema"\n/],
      ['host,schema\nq.example,q\n"open,never', /^Line \d: It is not valid CSV from here on: /],
      ['{"host":"q.example","schema":"q"}\n[1]\n', /^Line 2: It is not a JSON object: "\[1\]"\n/],
      [
        '{"host":"q.example","schema":"q","shema":1}',
        /^Line 1: It has an unknown member "shema"; it may have/,
      ],
      ['{"host":"q.example","schema":"q","settings":[]}', /^Line 1: Its "settings" are not/],
      [
        '{"host":"q.example","schema":"q","settings":{"9":1}}',
        /^Line 1: Cannot read setting "9": a name begins with a letter/,
      ],
      ['{"host":1,"schema":"q"}\n{"schema":"q"}', /^Line 1: It needs [^\n]*\nLine 2: It needs/],
      ["host,schema\nq.example,q\n", /^Line 1: It is not a JSON object/, "--format", "ndjson"],
    ];
    for (const [content, pattern, ...parameters] of files) {
      const { status, stdout } = await add(content, ...parameters);
      expect(stdout, content).to.match(pattern);
      expect(status).to.equal(1);
    }
    const missing = await runVerb(database.adminUrl, "add-tenants", join(folder, "none"));
    expect(missing.stderr).to.match(
      /^Cannot read "[^\n]*none": ENOENT; name a readable file[^\n]*\n$/,
    );
    const wrong = await add("", "--format", "xml");
    expect(wrong.status).to.equal(2);
    expect(await whole("q")).to.equal(0);
  });

  it("a line that fails stops no other", async () => {
    await database.sql("create schema part_stray");
    const result = await add(
      "host,schema\nfirst.example,part_taken\nelsewhere.example,first\n" +
        "part-stray.example,part_stray\npart-ok.example,part_ok\n",
    );
    await database.sql("drop schema part_stray");
    expect(result.status).to.equal(3);
    const lines = result.stdout.trimEnd().split("\n").toSorted();
    expect(lines[0]).to.match(/^Added 1 tenant in .*; 3 failed$/);
    expect(lines[1]).to.match(
      /^Failed line 2, part_taken: Cannot add host: "first\.example" already belongs to a tenant; /,
    );
    expect(lines[2]).to.match(
      /^Failed line 3, first: Cannot add tenant: "first" is a tenant already, at "first\.example" and not at "elsewhere\.example"; /,
    );
    expect(lines[3]).to.match(/^Failed line 4, part_stray: .* exists without a tenant; /);
    expect(await whole("part_")).to.equal(1);
    const all = await add("host,schema\nelsewhere.example,first\n");
    expect(all.status).to.equal(1);
  });

  it("a tenant in a transition is not there already", async () => {
    await database.addTenants({ leaving: "leaving.example" });
    await database.sql(
      "update rowhouse.tenant set transition = 'dropping' where schema_name = 'leaving'",
    );
    const { status, stdout } = await add("host,schema\nleaving.example,leaving\n");
    expect(status).to.equal(1);
    expect(stdout).to.match(/"leaving" exists: it is being dropped; finish with/);
  });

  it("two runs at once share the work", async () => {
    const results = await Promise.all([1, 2].map(() => pipe(csv("both", 30), "--json")));
    expect(results.map(({ status }) => status)).to.deep.equal([0, 0]);
    const summaries = results.map(
      ({ stdout }) => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, number>,
    );
    const sum = (key: string): number => summaries.reduce((all, one) => all + (one[key] ?? 0), 0);
    expect([sum("added"), sum("existing"), sum("failed")]).to.deep.equal([30, 30, 0]);
    expect(await whole("both")).to.equal(30);
  });

  it("ends what is at work on SIGINT, and says how many are left", async () => {
    const running = start(csv("int", 200), "--json", "--concurrency", "2");
    await until("none is added", () => running.stdout().includes('"added"'));
    running.kill("SIGINT");
    const { status, stdout } = await running.result;
    expect(status).to.equal(3);
    const { added = -1, left = -1 } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
      added?: number;
      left?: number;
    };
    expect(left).to.be.greaterThan(0);
    expect(added + left).to.equal(200);
    expect(await whole("int")).to.equal(added);
  });

  it("killed at any point and run again, every tenant is whole", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    try {
      const count = 120;
      for (let kill = 0; kill < 5; kill += 1) {
        const running = start(csv("kill", count), "--json");
        const printed = Math.floor(random() * (count / 6));
        await until("nothing is printed", () => running.stdout().split("\n").length > printed);
        const pause = random() * 20;
        const at = performance.now() + pause;
        await until("the time does not come", () => performance.now() >= at);
        running.kill("SIGKILL");
        expect((await running.result).status).to.equal(-1);
        // The server ends what the killed one had begun.
        await until("its connections stay", async () => {
          const [row] = await database.sql<{ n: number }>(
            `select count(*)::int as n from pg_stat_activity
             where datname = current_database() and application_name = 'rowhouse-admin'`,
          );
          return row?.n === 0;
        });
        expect(await whole("kill")).to.be.at.most(count);
      }
      expect((await pipe(csv("kill", count))).status).to.equal(0);
      expect(await whole("kill")).to.equal(count);
    } catch (error) {
      throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  });

  it("works for an admin role that is no superuser", async () => {
    const plain = await createPlainAdmin({});
    try {
      const { stdout } = await performVerb(
        { adminUrl: plain.adminUrl, input: csv("plain", 20) },
        "add-tenants",
        "-",
      );
      expect(stdout).to.match(/^Added 20 tenants/);
      const service = openService(plain.serviceUrl);
      expect((await service.request("plain7.example", "GET", "/data")).status).to.equal(200);
      await service.close();
    } finally {
      await plain.drop();
    }
  });
});
