// The promise: a request finds its tenant in whatever database it is, in as few messages as can be, and a wrong hint
// costs one message more and nothing else.

import { expect } from "chai";
import { entryOf } from "../../src/entry.ts";
import { parseHost } from "../../src/host.ts";
import { nearestEntry } from "../../src/database/routes/names.ts";
import { rejection } from "../support/rejection.ts";
import { openService } from "../support/program/service.ts";
import { useDatabases } from "../support/database/several-databases.ts";
import type { Tenant } from "../../src/tenant.ts";

const HINT = nearestEntry(entryOf(parseHost("far.test")));

describe("openDatabase() with several databases", () => {
  const several = useDatabases({
    home: { near: "near.test" },
    eu: { far: "far.test", wild: "*.wild.test" },
    us: {},
  });
  const { count, databases, point, routes } = several;

  before(async () => {
    await databases.home.sql(`insert into near.data values (1, 1)`);
    await databases.eu.sql(
      `insert into far.data values (1, 2)`,
      `insert into wild.data values (1, 3)`,
    );
  });

  beforeEach(() => {
    for (const name of ["far.test", "near.test", "a.wild.test"]) {
      routes.hints.forget(nearestEntry(entryOf(parseHost(name))));
    }
    routes.hints.forget(entryOf({ schema: "far" }));
  });

  const valueOf = async (name: string): Promise<unknown> => {
    const [row] = await several.tenant(name)<{
      value: number;
    }>`select value from data where key = 1`;
    return row?.value;
  };

  it("asks home alone for its own tenants, and for the shared schemas", async () => {
    expect(await count(() => valueOf("near.test"))).to.deep.equal({ home: 1 });
    expect(await count(() => valueOf("near"))).to.deep.equal({ home: 1 });
    const ready = several.service.send({ statements: ["select 1"] });
    expect(await count(() => ready)).to.deep.equal({ home: 1 });
  });

  const uses: readonly (readonly [string, number, (tenant: Tenant) => Promise<unknown>])[] = [
    ["a statement", 1, async (tenant) => tenant`select value from data`],
    ["a batch", 1, (tenant) => tenant.batch([tenant`select 1`, tenant`select value from data`])],
    ["a compiled statement", 1, async (tenant) => tenant.query("select value from data", [])],
    ["an entry alone", 1, (tenant) => tenant.enter()],
    ["a transaction", 3, (tenant) => tenant.begin(async (tx) => tx`select value from data`)],
  ];
  for (const [what, messages, use] of uses) {
    it(`follows a pointer for ${what}, and remembers it`, async () => {
      const far = several.tenant("far.test");
      // A BEGIN that was refused is undone by a message of its own.
      const atHome = messages === 1 ? 1 : 2;
      expect(await count(() => use(far))).to.deep.equal({ home: atHome, eu: messages });
      expect(far.schemaName).to.equal("far");
      expect(await count(() => use(far))).to.deep.equal({ eu: messages });
      expect(await count(() => use(several.tenant("far")))).to.include({ eu: messages });
      expect(await count(() => use(several.tenant("far")))).to.deep.equal({ eu: messages });
    });
  }

  it("asks home after a wrong hint, and forgets it", async () => {
    routes.hints.learn(HINT, "us");
    expect(await count(() => valueOf("far.test"))).to.deep.equal({ us: 1, home: 1, eu: 1 });
    expect(await count(() => valueOf("far.test"))).to.deep.equal({ eu: 1 });
    const near = nearestEntry(entryOf(parseHost("near.test")));
    routes.hints.learn(near, "eu");
    expect(await count(() => valueOf("near.test"))).to.deep.equal({ eu: 1, home: 1 });
    expect(routes.hints.find(near)).to.equal(undefined);
  });

  it("asks home when the registry of a hint is gone, and forgets the hint", async () => {
    await databases.us.sql("alter schema rowhouse rename to gone");
    routes.hints.learn(HINT, "us");
    expect(await count(() => valueOf("far.test"))).to.deep.equal({ us: 1, home: 1, eu: 1 });
    await databases.us.sql("alter schema gone rename to rowhouse");
    expect(routes.hints.find(HINT)).to.equal("eu");
  });

  it("forgets the database of a tenant that has moved home", async () => {
    await databases.eu.sql(
      "insert into rowhouse.pointer values ('near', 'home')",
      "insert into rowhouse.domain (host, schema_name, database) values ('near.test', 'near', 'home')",
    );
    routes.hints.learn(nearestEntry(entryOf(parseHost("near.test"))), "eu");
    expect(await count(() => valueOf("near.test"))).to.deep.equal({ eu: 1, home: 1 });
    expect(await count(() => valueOf("near.test"))).to.deep.equal({ home: 1 });
    await databases.eu.sql("delete from rowhouse.pointer where schema_name = 'near'");
  });

  it("gives the right rows whatever the hints say", async () => {
    const values = { "near.test": 1, near: 1, "far.test": 2, far: 2, "a.wild.test": 3 };
    for (const [name, value] of Object.entries(values)) {
      const entry = entryOf(name.includes(".") ? parseHost(name) : { schema: name });
      for (const poison of ["home", "eu", "us", "nowhere"]) {
        routes.hints.learn(nearestEntry(entry), poison);
        expect(await valueOf(name), `${name} at ${poison}`).to.equal(value);
        routes.hints.forget(nearestEntry(entry));
      }
    }
  });

  it("asks home each time for a host that a wildcard or another port serves", async () => {
    for (const name of ["a.wild.test", "far.test:5000"]) {
      for (let time = 0; time < 2; time += 1) {
        expect(await count(() => valueOf(name)), name).to.deep.equal({ home: 1, eu: 1 });
      }
    }
    // The nearer host is another tenant's from the next message on.
    await databases.home.sql(`insert into rowhouse.domain
      select 'a.wild.test', schema_name, role_name, status, statement_timeout_ms from rowhouse.tenant`);
    routes.hints.learn(nearestEntry(entryOf(parseHost("a.wild.test"))), "eu");
    expect(await valueOf("a.wild.test")).to.equal(1);
    await databases.home.sql(`delete from rowhouse.domain where host = 'a.wild.test'`);
  });

  it("keeps no hint of a host that no registry knows", async () => {
    const nobody = nearestEntry(entryOf(parseHost("nobody.test")));
    expect(await rejection(valueOf("nobody.test"))).to.include({ code: "RH404" });
    expect(routes.hints.find(nobody)).to.equal(undefined);
  });

  it("ends a loop of pointers with 503, and the log names the last database", async () => {
    await databases.us.addTenants({ lost: "lost.test" });
    await databases.home.sql(
      `insert into rowhouse.pointer values ('lost', 'us')`,
      `insert into rowhouse.domain (host, schema_name, database) values ('lost.test', 'lost', 'us')`,
    );
    await point("us", "lost", "home");
    const asked = await count(async () => {
      const error = await rejection(valueOf("lost.test"));
      expect(error).to.have.property("code", "DATABASE_UNAVAILABLE");
      expect(error).to.have.nested.property("cause.kind", "loop");
    });
    expect(asked).to.deep.equal({ home: 2, us: 1 });
  });

  it("follows a chain of pointers to its end, and remembers the end", async () => {
    await databases.eu.sql(`insert into rowhouse.pointer values ('gone', 'us')`);
    await databases.eu.sql(
      `insert into rowhouse.domain (host, schema_name, database) values ('gone.test', 'gone', 'us')`,
    );
    await databases.home.sql(
      `insert into rowhouse.pointer values ('gone', 'eu')`,
      `insert into rowhouse.domain (host, schema_name, database) values ('gone.test', 'gone', 'eu')`,
    );
    await databases.us.addTenants({ gone: "gone.test" });
    await databases.us.sql(`insert into gone.data values (1, 4)`);
    expect(await count(() => valueOf("gone.test"))).to.deep.equal({ home: 1, eu: 1, us: 1 });
    expect(await count(() => valueOf("gone.test"))).to.deep.equal({ us: 1 });
  });

  it("does not begin a transaction twice, whatever its statements raise", async () => {
    await databases.eu.sql(
      `create function far.liar() returns int language plpgsql as $$
         begin raise exception using errcode = 'RH301', detail = 'us', hint = 'far.test'; end $$`,
    );
    let begun = 0;
    const error = await rejection(
      several.tenant("far.test").begin(async (tx) => {
        begun += 1;
        return tx`select liar()`;
      }),
    );
    expect([begun, error]).to.have.nested.property("1.code", "RH301");
    expect(begun).to.equal(1);
  });

  it("a service that does not know the database answers 503, and its log names the database", async () => {
    const alone = openService(databases.home.serviceUrl);
    const { status, json } = await alone.request("far.test", "GET", "/data/1");
    await alone.close();
    expect([status, json]).to.have.nested.property("1.code", "DATABASE_UNAVAILABLE");
    expect(status).to.equal(503);
    expect(JSON.stringify(json)).not.to.include('"eu"');
    const line = alone.lines.find(({ event }) => event === "request");
    expect(line?.["error"]).to.include({ kind: "unconfigured", database: "eu" });
  });
});
