// The promise: a list of tenants for another database is created or adopted there as one tenant is. Home knows each name and
// host first, a killed run goes on, and what was made there by hand can be given to home.

import { expect } from "chai";
import { examinePointers } from "../../admin/databases/examine-pointers.ts";
import { useSeveralDatabases } from "../support/database/admin-databases.ts";
import { rejection } from "../support/rejection.ts";
import { performVerb, type VerbResult } from "../support/program/verb.ts";

describe("lists of tenants for another database", () => {
  const several = useSeveralDatabases();
  const { home, eu, us, enter, follow } = several;

  const run = (input: string, ...parameters: readonly [string, ...string[]]): Promise<VerbResult> =>
    performVerb(
      {
        adminUrl: home.adminUrl,
        env: { ADMIN_DATABASE_URL_EU: eu.adminUrl, ADMIN_DATABASE_URL_US: us.adminUrl },
        input,
      },
      ...parameters,
    );
  const pointers = async (): Promise<readonly unknown[]> =>
    (
      await home.sql(
        "select schema_name || ' ' || database as text from rowhouse.pointer order by 1",
      )
    ).map(({ text }) => text);

  before(() => home.addTenants({ near: "near.test" }));

  it("add-tenants --database creates them there, and home refuses a host that it has", async () => {
    // What a run that was killed has left at home.
    await home.sql(
      "insert into rowhouse.pointer values ('two', 'eu')",
      "insert into rowhouse.domain (host, schema_name, database) values ('two.test', 'two', 'eu')",
    );
    // Without --database no other tenant takes its name, and it does not count as one that exists.
    const two = "host,schema\ntwo.test,two\n";
    const command = "node admin/add-tenant.js two.test two --database eu";
    const near = await run(`${two}near.test,near\n`, "add-tenants", "-");
    expect(near).to.include({ status: 3 });
    expect(near.stdout)
      .to.match(/^Failed line 2, two: .*has not ended/m)
      .and.include(command);
    const planned = await run(two, "add-tenants", "-", "--plan");
    expect(planned.stdout).to.match(/^Would fail line 2, two: .*has not ended/m);
    const error = await rejection(
      several.admin().createTenant({ schemaName: "two", hosts: ["two.test"] }),
    );
    expect(error).to.include({ code: "tenant_in_transition" });
    expect(error.message).to.include(command);
    const file = "host,schema\none.test,one\ntwo.test,two\nnear.test,three\nfour.test,near\n";
    const plan = await run(file, "add-tenants", "-", "--database", "eu", "--plan");
    expect(plan.stdout)
      .to.match(/^Would add one at one\.test\nWould add two at two\.test\n/)
      .and.to.include('three: host "near.test" belongs to tenant "near"');
    const added = await run(file, "add-tenants", "-", "--database", "eu");
    expect(added.stdout).to.match(/^Added 2 tenants in .*; 2 failed$/m);
    expect([await follow("one.test"), await follow("two.test")]).to.deep.equal(["one", "two"]);
    expect(await enter(eu, "near.test")).to.equal("RH404");
    expect(await pointers()).to.deep.equal(["one eu", "two eu"]);
    const again = await run("host,schema\none.test,one\n", "add-tenants", "-", "--database", "us");
    expect(again).to.include({ status: 0 });
    expect(again.stdout).to.include("1 existed already");
    expect(await run(two, "add-tenants", "-")).to.include({ status: 0 });
  });

  it("add-tenants at home fails alone for a tenant whose database is down", async () => {
    const gone = { ADMIN_DATABASE_URL_EU: eu.adminUrl.replace(/:\d+\//, ":1/") };
    const input = "host,schema\ntwo.test,two\nnear.test,near\n";
    const settings = { adminUrl: home.adminUrl, env: gone, input };
    const { status, stdout } = await performVerb(settings, "add-tenants", "-");
    expect(status).to.equal(3);
    expect(stdout)
      .to.match(/two: .*belongs to database "eu", which was not asked: .*ADMIN_DATABASE_URL_EU/)
      .and.include("1 existed already");
  });

  it("createTenants() takes a group's claims back when the group fails", async () => {
    await eu.sql("create schema group_4");
    const tenants = [...Array(10).keys()].map((n) => {
      return { schemaName: `group_${n}`, hosts: [`group-${n}.test`] };
    });
    const work = several.admin().createTenants(tenants, { database: "eu", concurrency: 1 });
    expect(await work.finish()).to.include({ added: 9, failed: 1 });
    expect(await enter(home, "group-3.test")).to.equal("RH301 eu");
    expect(await enter(home, "group-4.test")).to.equal("RH404");
  });

  it("adopt-tenants --database makes tenants of schemas there", async () => {
    await us.sql(
      "create schema shop_a",
      "create table shop_a.data (key int primary key, value int)",
    );
    const parameters = ["--schemas", "shop_*", "--version", "0", "--database", "us"] as const;
    const bare = await run("", "adopt-tenants", ...parameters, "--plan");
    expect(bare.stdout).to.include("shop_a: it does not have a host; name one with --host");
    const taken = await run("", "adopt-tenants", ...parameters, "--host", "{schema}.x", "--plan");
    expect(taken.stdout).to.match(/^shop_a: version 0/m);
    const adopted = await run("", "adopt-tenants", ...parameters, "--host", "{*}.shop.test");
    expect(adopted.stdout).to.match(/^Adopted 1 tenant /m);
    expect(await follow("a.shop.test")).to.equal("shop_a");
    const again = await run("", "adopt-tenants", ...parameters, "--host", "{*}.shop.test");
    expect(again.stdout).to.include("1 existed already");
  });

  it("the doctor names the command that gives home a tenant which was made in its database", async () => {
    await eu.addTenants({ alone: "alone.test", near: "twin.test" });
    await eu.sql(
      `insert into rowhouse.domain select 'more.test', schema_name, role_name, status, statement_timeout_ms
         from rowhouse.tenant where schema_name = 'alone'`,
    );
    const problems = async (): Promise<Readonly<Record<string, string | undefined>>> => {
      const findings = await examinePointers(several.registry());
      const found = findings.filter(({ level }) => level !== "ok");
      return Object.fromEntries(found.map(({ seen, advice }) => [seen, advice]));
    };
    const before = await problems();
    const twin = Object.keys(before).find((seen) => seen.startsWith('"near"'));
    expect(twin).to.equal(
      '"near": the tenant is in database "eu", and home has another one of the name',
    );
    const advice = Object.entries(before).find(([seen]) => seen.startsWith('"alone"'))?.[1] ?? "";
    expect(advice).to.equal("run node admin/adopt-tenants.js --schemas alone --database eu");
    const refused = await run(
      "host,schema\nalone.test,alone\n",
      "add-tenants",
      "-",
      "--database",
      "eu",
    );
    expect(refused.stdout).to.include(`give it one with ${advice.replace("run ", "")}`);
    const [, ...parameters] = advice.replace("run node admin/", "").split(" ");
    const plan = await run("", "adopt-tenants", ...parameters, "--plan");
    expect(plan.stdout).to.match(/^alone: version \d+.*, at alone\.test, more\.test; /);
    expect(await run("", "adopt-tenants", ...parameters)).to.include({ status: 0 });
    expect([await follow("alone.test"), await follow("more.test")]).to.deep.equal([
      "alone",
      "alone",
    ]);
    expect(Object.keys(await problems())).to.deep.equal([twin]);
    const other = await run("", "adopt-tenants", "--schemas", "near", "--database", "eu");
    expect(other.stdout).to.include('"near" is a tenant of database "home" and of database "eu"');
  });
});
