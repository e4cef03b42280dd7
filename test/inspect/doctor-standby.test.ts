// The doctor before a standby: that it takes no writes is one finding, and not a danger in each that would write.

import { expect } from "chai";
import { examineInstallation } from "../../admin/doctor/doctor.ts";
import { Secret } from "../../src/environment.ts";
import { openOwnServer, type OwnServer } from "../support/server/own-server.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { openStandby, type Standby } from "../support/server/standby.ts";

describe("doctor, before a standby", () => {
  let primary: OwnServer;
  const standbys: Standby[] = [];

  before(async () => {
    primary = await openOwnServer({ acme: "acme.example" });
  });

  after(async () => {
    for (const standby of standbys) await standby.remove();
    await primary.remove();
  });

  const complaints = async (urls: {
    serviceUrl: string;
    adminUrl: string;
  }): Promise<readonly string[]> => {
    const findings = await examineInstallation({
      service: new Secret(urls.serviceUrl),
      admin: new Secret(urls.adminUrl),
      tenantMigrations: undefined,
    });
    const found = findings.filter(({ level }) => level !== "ok");
    return found.map(({ level, check, seen }) => `${level} ${check}: ${seen}`);
  };

  const openOne = async (): Promise<Standby> => {
    const standby = await openStandby(primary);
    standbys.push(standby);
    return standby;
  };

  it("examineInstallation() finds a sound standby a standby, and nothing else", async () => {
    const standby = await openOne();
    const one = "warn database: it is a standby, and does not accept writes";
    expect(await complaints(standby)).to.deep.equal([one]);
    // The service of another place reads there, and the verbs write here.
    expect(await complaints({ ...primary, serviceUrl: standby.serviceUrl })).to.deep.equal([one]);
  });

  it("examineInstallation() finds what the service role could do there, did it take writes", async () => {
    await primary.sql(
      "grant temporary on database postgres to public",
      `grant create on database postgres to ${SERVICE_ROLE}`,
    );
    expect(await complaints(await openOne())).to.have.members([
      "warn database: it is a standby, and does not accept writes",
      "unsafe service role: alone it can create a temporary table, which the next tenant would see",
      "unsafe service role: alone it can create a schema",
    ]);
  });

  it("examineInstallation() is not deceived by a role that is read-only by default", async () => {
    await primary.sql(`alter role ${SERVICE_ROLE} set default_transaction_read_only = on`);
    expect(await complaints(primary)).to.include.members([
      "unsafe service role: alone it can create a temporary table, which the next tenant would see",
      "unsafe service role: alone it can create a schema",
    ]);
    await primary.sql(
      "revoke temporary on database postgres from public",
      `revoke create on database postgres from ${SERVICE_ROLE}`,
    );
    expect(await complaints(primary)).to.deep.equal([]);
  });
});
