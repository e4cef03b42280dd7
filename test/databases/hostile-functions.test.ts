// The promise: nothing that a tenant's own function raises leads a message to another tenant, or speaks for the registry.

import { expect } from "chai";
import { entryOf } from "../../src/entry.ts";
import { parseHost } from "../../src/host.ts";
import { nearestEntry } from "../../src/database/routes/names.ts";
import { useDatabases } from "../support/database/several-databases.ts";
import { rejection } from "../support/rejection.ts";
import { openService } from "../support/program/service.ts";

const NAME = "a.wild.test";

describe("a tenant's function that raises what an entry raises", () => {
  const several = useDatabases({
    home: { exact: NAME, catchall: "*.wild.test", plain: "port.test", port: "port.test:5000" },
    eu: { far: "far.test" },
  });
  const { count, databases, routes } = several;

  before(async () => {
    const create = (schemaName: string): string =>
      `create function ${schemaName}.refuse(state text, place text, name text) returns int language plpgsql
         as $$ begin raise exception using errcode = state, detail = place, hint = name; end $$`;
    await databases.home.sql(create("exact"), create("port"));
    await databases.eu.sql(create("far"));
    for (const schemaName of ["catchall", "plain"]) {
      await databases.home.sql(
        `create function ${schemaName}.refuse(text, text, text) returns int return 666`,
      );
    }
  });

  for (const [host, place, found] of [
    [NAME, "home", "*.wild.test"],
    [NAME, "eu", "*.wild.test"],
    ["port.test:5000", "home", "port.test"],
    ["port.test:5000", "nowhere", "port.test"],
  ] as const) {
    it(`does not send the message of ${host} to ${found} at ${place}`, async () => {
      const tenant = several.tenant(host);
      const asked = await count(async () => {
        const sent = tenant`select refuse(${"RH301"}, ${place}, ${found})`;
        expect(await rejection(sent)).to.include({ code: "RH301" });
        const written = tenant.batch([
          tenant`insert into data select 9, refuse(${"RH301"}, ${place}, ${found})`,
        ]);
        expect(await rejection(written)).to.include({ code: "RH301" });
      });
      expect(asked).to.deep.equal({ home: 2 });
    });
  }

  it("does not make the service forget where the tenant is", async () => {
    const far = several.tenant("far.test");
    await far`select 1`;
    const asked = await count(async () => {
      for (const state of ["RH404", "RH403", "RH301", "42501"]) {
        const refused = far`select refuse(${state}, ${"us"}, ${"far.test"})`;
        expect(await rejection(refused)).to.include({ code: state });
      }
    });
    expect(asked).to.deep.equal({ eu: 4 });
    expect(routes.hints.find(nearestEntry(entryOf(parseHost("far.test"))))).to.equal("eu");
  });

  it("is answered as a failure, not as a tenant that does not exist", async () => {
    await databases.home.sql(
      `create function exact.spoil() returns trigger language plpgsql
         as $$ begin raise exception using errcode = 'RH404', detail = 'eu'; end $$`,
      `create trigger spoil before insert on exact.data for each row execute function exact.spoil()`,
    );
    const { home, eu } = databases;
    const service = openService(home.serviceUrl, { DATABASE_URL_EU: eu.serviceUrl });
    const { status, json } = await service.request(NAME, "PUT", "/data/1", { value: 1 });
    await service.close();
    expect([status, json]).to.have.nested.property("1.code", "INTERNAL");
  });
});
