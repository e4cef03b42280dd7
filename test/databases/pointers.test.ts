// The promise: a host of the registry is served here or points to another database, and its entry says which before it
// runs anything.

import { expect } from "chai";
import { removeDomain } from "../../admin/lifecycle/domain.ts";
import { findTenant } from "../../admin/lifecycle/listed.ts";
import { parseHost } from "../../src/host.ts";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { rejection } from "../support/rejection.ts";
import { useRegistry } from "../support/database/use-registry.ts";

const POINTER = `insert into rowhouse.pointer values ('gone', 'eu')`;
const GONE = `insert into rowhouse.domain (host, schema_name, database) values ('gone.test', 'gone', 'eu')`;

describe("the registry's pointers", () => {
  const database = useDatabase({ acme: "acme.test" });
  const withRegistry = useRegistry(() => database.adminUrl);
  let service: OpenDatabase;

  before(async () => {
    service = openDatabase({ url: database.serviceUrl });
    await database.sql(POINTER, GONE);
  });

  after(() => service.close(1));

  const tenant = (name: string): ReturnType<typeof createTenant> =>
    createTenant(service, name.includes(".") ? parseHost(name) : { schema: name });
  const transit = (transition: string, status: string): Promise<unknown> =>
    database.sql(
      `update rowhouse.tenant set transition = ${transition}, status = '${status}' where schema_name = 'acme'`,
    );

  it("enter_tenant() and enter_schema() name the database of a pointer, and run nothing", async () => {
    for (const [name, found] of [
      ["gone.test", "gone.test"],
      ["gone.test:5000", "gone.test"],
      ["gone", "gone"],
    ] as const) {
      const error = await rejection(tenant(name)`select 1`);
      expect(error, name).to.include({ code: "RH301", detail: "eu", hint: found });
    }
  });

  it("enter_schema() prefers the tenant, except for one that has moved", async () => {
    await database.sql(`insert into rowhouse.pointer values ('acme', 'us')`);
    const found = async (): Promise<unknown> => {
      const entered = await tenant("acme")
        .enter()
        .catch((error: unknown) => error);
      return entered instanceof Error ? Reflect.get(entered, "detail") : "here";
    };
    expect(await found()).to.equal("here");
    await transit("'arriving'", "read_only");
    expect(await found()).to.equal("here");
    await transit("'moved'", "suspended");
    expect(await found()).to.equal("us");
    await database.sql(`delete from rowhouse.pointer where schema_name = 'acme'`);
    expect(await rejection(tenant("acme").enter())).to.include({ code: "RH403" });
    await transit("null", "active");
  });

  it("enter_tenant() tells of a move that keeps its tenant read-only", async () => {
    const entry = `reset role;select rowhouse.enter_tenant('{acme.test}') as entered`;
    const entered = async (): Promise<unknown> => {
      const { results } = await service.send({ statements: [entry] });
      return results.at(-1)?.[0]?.["entered"];
    };
    expect(await entered()).to.equal("acme");
    await transit("'moving'", "read_only");
    expect(await entered()).to.equal("acme!");
    await database.sql(`update rowhouse.tenant set settings = '{"plan":"pro"}'`);
    expect(await entered()).to.equal('acme!{"plan": "pro"}');
    await transit("null", "read_only");
    expect(await entered()).to.equal('acme{"plan": "pro"}');
    await transit("null", "active");
  });

  for (const [what, command] of [
    ["without its pointer", `values ('lost.test', 'lost', null, null, null, 'eu')`],
    ["of another database", `values ('lost.test', 'gone', null, null, null, 'us')`],
    ["that is here, too", `select 'x.test', 'gone', 'r', 'active', 1, 'eu'`],
    ["that is nowhere", `values ('x.test', 'gone', null, null, null, null)`],
  ] as const) {
    it(`rowhouse.domain refuses a host ${what}`, async () => {
      const error = await rejection(
        database.sql(
          `insert into rowhouse.domain (host, schema_name, role_name, status, statement_timeout_ms, database) ${command}`,
        ),
      );
      expect(error)
        .to.have.property("code")
        .that.matches(/^235(?:03|14)$/);
    });
  }

  it("rowhouse.domain follows its pointer to another database, and goes with it", async () => {
    await database.sql(`update rowhouse.pointer set database = 'asia' where schema_name = 'gone'`);
    expect(await rejection(tenant("gone.test").enter())).to.include({ detail: "asia" });
    await database.sql(`delete from rowhouse.pointer where schema_name = 'gone'`);
    expect(await rejection(tenant("gone.test").enter())).to.include({ code: "RH404" });
    await database.sql(POINTER, GONE);
  });

  it("the verbs count a pointer's host as taken, and not as a host of the tenant here", async () => {
    await database.sql(
      `insert into rowhouse.pointer values ('acme', 'us')`,
      `insert into rowhouse.domain (host, schema_name, database) values ('far.test', 'acme', 'us')`,
    );
    const found = await withRegistry((registry) => findTenant(registry, "acme"));
    expect(found?.hosts).to.deep.equal(["acme.test"]);
    const refused = await rejection(withRegistry((registry) => removeDomain(registry, "far.test")));
    expect(refused).to.have.property("message").that.includes('of database "us"');
    await database.sql(`delete from rowhouse.pointer where schema_name = 'acme'`);
  });
});
