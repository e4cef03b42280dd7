// node admin/doctor.js: checks that the installation keeps its tenants apart.

import { runVerb } from "./command/command.ts";
import { readAdminConfig } from "./command/config.ts";

await runVerb({
  name: "doctor",
  about:
    "Probes DATABASE_URL and ADMIN_DATABASE_URL: the pooler, the message, the roles and their privileges, " +
    "the registry, and the cost of the catalogs. Changes nothing, and exits 1 when something is unsafe.",
  operands: [],
  options: {},
  example: "--json",
  async run(call) {
    const config = readAdminConfig(call.env);
    const { examineInstallation } = await import("./doctor/doctor.ts");
    const findings = await examineInstallation({
      service: config.DATABASE_URL,
      admin: config.ADMIN_DATABASE_URL,
      tenantMigrations: config.TENANT_MIGRATIONS,
      sharedMigrations: config.SHARED_MIGRATIONS,
    });
    const count = (wanted: string): number =>
      findings.filter(({ level }) => level === wanted).length;
    const lines = findings.map(({ level, check, seen, advice }) => {
      const line = `${level.padEnd(6)}  ${check}: ${seen}`;
      return advice === undefined ? line : `${line}\n        to do: ${advice}`;
    });
    const counts = { ok: count("ok"), warn: count("warn"), unsafe: count("unsafe") };
    lines.push(`${counts.ok} ok, ${counts.warn} to consider, ${counts.unsafe} unsafe`);
    return { lines, json: { findings, ...counts }, status: counts.unsafe > 0 ? 1 : 0 };
  },
});
