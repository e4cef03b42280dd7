// Status, repair and doctor by an admin role that is no superuser, with tenant roles and without.

import { expect } from "chai";
import { examineInstallation } from "../../admin/doctor/doctor.ts";
import { type Repair, repairTenant } from "../../admin/repair/repair-tenant.ts";
import { needsPerson, readStatus } from "../../admin/inspect/status.ts";
import { Secret } from "../../src/environment.ts";
import { createPlainAdmin, type PlainAdmin } from "../support/database/plain-admin.ts";
import { useRegistry } from "../support/database/use-registry.ts";

for (const tenantRoles of [true, false]) {
  describe(`a plain admin's ${tenantRoles ? "tenants with roles" : "tenants without roles"}`, () => {
    let plain: PlainAdmin;
    let role: string;

    before(async () => {
      plain = await createPlainAdmin({ acme: "acme.example" }, tenantRoles);
      const [row] = await plain.sql<{ name: string }>(
        "select role_name as name from rowhouse.tenant",
      );
      role = `"${row?.name}"`;
    });

    after(() => plain.drop());

    const within = useRegistry(() => plain.adminUrl);
    const isWell = (): Promise<boolean> =>
      within(async (registry) => !needsPerson(await readStatus(registry, {}, true)));

    const repair = (): Promise<Repair> =>
      within((registry) =>
        repairTenant(registry, "acme", { plan: false, emptySchema: false, announce() {} }),
      );

    it("repairTenant() gives back what was taken, and status is content", async () => {
      expect(await isWell()).to.equal(true);
      await plain.sql(
        `revoke usage on schema acme from ${role}`,
        `revoke select on acme.data from ${role}`,
        `set role ${plain.role}`,
        `alter default privileges in schema acme revoke select on sequences from ${role}`,
        ...(tenantRoles ? [`revoke ${role} from ${plain.serviceRole}`] : []),
      );
      expect(await isWell()).to.equal(false);
      const { steps, told } = await repair();
      expect(steps).to.have.length(tenantRoles ? 4 : 3);
      expect(told).to.deep.equal([]);
      expect(await isWell()).to.equal(true);
      if (!tenantRoles) return;
      await plain.sql(`drop owned by ${role}`, `drop role ${role}`);
      expect(await isWell()).to.equal(false);
      expect((await repair()).steps).to.have.length(2);
      expect(await isWell()).to.equal(true);
    });

    it("examineInstallation() warns of what only a superuser can see to, and of nothing else", async () => {
      const findings = await examineInstallation({
        service: new Secret(plain.serviceUrl),
        admin: new Secret(plain.adminUrl),
        tenantMigrations: undefined,
      });
      const found = findings.filter(({ level }) => level !== "ok");
      expect(found.map(({ level, check }) => `${level} ${check}`)).to.have.members(
        tenantRoles
          ? ["warn set_config", "warn functions"]
          : ["warn set_config", "warn functions", "warn tenant roles", "warn service role"],
      );
    });
  });
}
