// The doctor before installations that are not safe: each danger is brought about, seen, undone, and seen no
// more.

import { expect } from "chai";
import { codeOf } from "../support/rejection.ts";
import { examineInstallation } from "../../admin/doctor/doctor.ts";
import { Secret } from "../../src/environment.ts";
import { useDatabase } from "../support/database/database.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";

describe("doctor, before dangers", () => {
  const database = useDatabase({ acme: "acme.example", other: "other.example" });

  const complaints = async (): Promise<readonly string[]> => {
    const findings = await examineInstallation({
      service: new Secret(database.serviceUrl),
      admin: new Secret(database.adminUrl),
      tenantMigrations: undefined,
    });
    const found = findings.filter(({ level }) => level !== "ok");
    for (const { advice } of found) expect(advice).to.be.a("string");
    return found.map(({ level, check, seen }) => `${level} ${check}: ${seen}`);
  };

  const DANGERS: readonly [doing: string, undoing: string, complaint: RegExp][] = [
    [
      `grant select on acme.data to ${SERVICE_ROLE}`,
      `revoke select on acme.data from ${SERVICE_ROLE}`,
      /^unsafe service role: alone it has privileges on 1 table of tenants$/,
    ],
    [
      `alter role ${SERVICE_ROLE} inherit`,
      `alter role ${SERVICE_ROLE} noinherit`,
      /^unsafe service role: it has INHERIT$/,
    ],
    [
      `grant $ROLE to ${SERVICE_ROLE} with inherit true`,
      `grant $ROLE to ${SERVICE_ROLE} with inherit false`,
      /^unsafe service role: it inherits from 1 role$/,
    ],
    [
      `grant pg_read_all_data to ${SERVICE_ROLE}`,
      `revoke pg_read_all_data from ${SERVICE_ROLE}`,
      /^unsafe service role: it is a member of pg_read_all_data$/,
    ],
    [
      `alter role ${SERVICE_ROLE} bypassrls createdb`,
      `alter role ${SERVICE_ROLE} nobypassrls nocreatedb`,
      /^unsafe service role: it has CREATEDB, BYPASSRLS$/,
    ],
    [
      `grant select on rowhouse.domain to ${SERVICE_ROLE}`,
      `revoke select on rowhouse.domain from ${SERVICE_ROLE}`,
      /^unsafe service role: alone it can read the hosts$/,
    ],
    [
      `grant select on rowhouse.tenant to public`,
      `revoke select on rowhouse.tenant from public`,
      /^unsafe service role: alone it can read the tenants$/,
    ],
    [
      `grant temporary on database $DATABASE to public`,
      `revoke temporary on database $DATABASE from public`,
      /^unsafe service role: alone it can create a temporary table/,
    ],
    [
      `grant create on database $DATABASE to ${SERVICE_ROLE}`,
      `revoke create on database $DATABASE from ${SERVICE_ROLE}`,
      /^unsafe service role: alone it can create a schema$/,
    ],
    [
      `grant execute on function set_config(text, text, boolean) to public`,
      `revoke execute on function set_config(text, text, boolean) from public`,
      /^warn set_config: PUBLIC may call/,
    ],
    [
      `grant create on schema public to public`,
      `revoke create on schema public from public`,
      /^warn schema public: PUBLIC may create in it/,
    ],
    [
      `alter role ${SERVICE_ROLE} in database $DATABASE reset lock_timeout`,
      `alter role ${SERVICE_ROLE} in database $DATABASE set lock_timeout = '5s'`,
      /^warn service role: it has no lock_timeout$/,
    ],
    [
      `alter role ${SERVICE_ROLE} in database $DATABASE set standard_conforming_strings = off`,
      `alter role ${SERVICE_ROLE} in database $DATABASE reset standard_conforming_strings`,
      /^unsafe literals: standard_conforming_strings is off/,
    ],
    [
      `update rowhouse.tenant set version = 1 where schema_name = 'acme'`,
      `update rowhouse.tenant set version = 2`,
      /^warn tenants: 1 are behind version 2 \(0002-updated-at\)$/,
    ],
    [
      `delete from rowhouse.registry_migration where name like '0002%'`,
      `insert into rowhouse.registry_migration values ('0002-lifecycle')`,
      /^warn registry: it lacks 0002-lifecycle$/,
    ],
    [
      `update rowhouse.installation set service_role = 'somebody'`,
      `update rowhouse.installation set service_role = '${SERVICE_ROLE}'`,
      /^unsafe service role: "somebody" is missing$/,
    ],
    [
      `grant truncate on acme.data to $ROLE`,
      `revoke truncate on acme.data from $ROLE`,
      /^unsafe privileges: 1 are too many, such as acme: role "rh_\d+_acme" has TRUNCATE/,
    ],
  ];
  for (const [doing, undoing, complaint] of DANGERS) {
    it(`examineInstallation() complains after: ${doing}`, async () => {
      const [row] = await database.sql<{ name: string }>(
        "select role_name as name from rowhouse.tenant where schema_name = 'acme'",
      );
      const fill = (text: string): string =>
        text.replaceAll("$ROLE", `"${row?.name}"`).replaceAll("$DATABASE", database.name);
      if (doing.endsWith("inherit true") && (await database.serverVersion()) < 16) {
        // Before 16 there is no such option, and so no such danger.
        expect(await codeOf(database.sql(fill(doing)))).to.equal("42601");
        return;
      }
      await database.sql(fill(doing));
      try {
        const found = await complaints();
        expect(found.some((line) => line.startsWith("unsafe "))).to.equal(
          complaint.source.startsWith("^unsafe"),
        );
        expect(
          found.some((line) => complaint.test(line)),
          found.join("\n"),
        ).to.equal(true);
      } finally {
        await database.sql(fill(undoing));
      }
    });
  }

  it("examineInstallation() is content when all of that is undone", async () => {
    expect(await complaints()).to.deep.equal([]);
  });
});
