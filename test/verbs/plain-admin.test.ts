// The verbs as an admin role that is no superuser, from a tenant's first day on.

import { expect } from "chai";
import { createPlainAdmin, type PlainAdmin } from "../support/database/plain-admin.ts";
import { holdRow } from "../support/database/row-lock.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { runVerb, type VerbResult } from "../support/program/verb.ts";

const ACME = "acme.example.com";

describe("the verbs, by an admin role that is no superuser", () => {
  let admin: PlainAdmin;
  let service: LocalService;

  const verb = async (name: string, ...parameters: string[]): Promise<VerbResult> => {
    const result = await runVerb(admin.adminUrl, name, ...parameters);
    expect(result.stderr, name).to.equal("");
    return result;
  };
  const put = async (): Promise<number> =>
    (await service.request(ACME, "PUT", "/data/1", { value: 1 })).status;

  before(async () => {
    admin = await createPlainAdmin();
    service = openService(admin.serviceUrl);
    await verb("add-tenant", ACME, "acme");
  });

  after(async () => {
    await service.close();
    await admin.drop();
  });

  it("migrate goes down and up", async () => {
    expect(await put()).to.equal(201);
    for (const version of [1, 2]) {
      const { stdout } = await verb("migrate", "--to", String(version));
      expect(stdout).to.match(
        new RegExp(`^Migrated 1 tenant to version ${version} \\(000${version}-`),
      );
      expect(await put()).to.equal(200);
    }
  });

  it("suspend-tenant sees the messages of before, and waits for them", async () => {
    const lock = await holdRow(admin, "acme", 1);
    const waiting = put();
    await lock.waiting(1);
    let returned = false;
    const result = verb("suspend-tenant", "acme");
    const noted = result.then(() => (returned = true));
    await until("it is not suspended", async () => {
      return (await service.request(ACME, "GET", "/data/1")).status === 403;
    });
    // Another verb, begun later, comes to its end meanwhile.
    await verb("list-tenants");
    expect(returned).to.equal(false);
    await lock.release();
    expect(await waiting).to.equal(200);
    expect((await result).status).to.equal(0);
    await noted;
    await verb("resume-tenant", "acme");
    expect(await put()).to.equal(200);
  });
});
