// node admin/doctor.js: checks that the installation keeps its tenants apart.

import type { Secret } from "../src/environment.ts";
import { runVerb } from "./command/command.ts";
import { readAdminConfig } from "./command/environment/config.ts";
import { readOtherUrls } from "./command/environment/databases.ts";
import type { Call } from "./command/verb.ts";
import type { Finding } from "./doctor/finding.ts";

await runVerb({
  name: "doctor",
  about:
    "Probes DATABASE_URL and ADMIN_DATABASE_URL: the pooler, the message, the roles and their privileges, " +
    "the registry, and the cost of the catalogs; of several databases each one, and home's pointers to the others. " +
    "Changes nothing, and exits 1 when something is unsafe.",
  operands: [],
  options: {},
  example: "--json",
  async run(call) {
    const findings = await examineAll(call);
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

async function examineAll(call: Call): Promise<readonly Finding[]> {
  const { DATABASE_URL, ADMIN_DATABASE_URL, TENANT_MIGRATIONS, SHARED_MIGRATIONS } =
    readAdminConfig(call.env);
  const { examineInstallation } = await import("./doctor/doctor.ts");
  const examineOne = (
    service: Secret | undefined,
    admin: Secret | undefined,
  ): Promise<readonly Finding[]> =>
    examineInstallation({
      service,
      admin,
      tenantMigrations: TENANT_MIGRATIONS,
      sharedMigrations: SHARED_MIGRATIONS,
    });
  const home = await examineOne(DATABASE_URL, ADMIN_DATABASE_URL);
  const services = readOtherUrls(call.env, "DATABASE_URL");
  const admins = readOtherUrls(call.env, "ADMIN_DATABASE_URL");
  const names = [...new Set([...services.keys(), ...admins.keys()])].toSorted();
  const others: Finding[] = [];
  for (const database of names) {
    const found = await examineOne(services.get(database), admins.get(database));
    for (const finding of found) {
      others.push({ ...finding, check: `${finding.check} of ${database}`, database });
    }
  }
  if (admins.size === 0 || ADMIN_DATABASE_URL === undefined) return [...home, ...others];
  const { examine } = await import("./doctor/finding.ts");
  const { examinePointers } = await import("./databases/examine-pointers.ts");
  const pointers = await examine("pointers", () => call.withRegistry(examinePointers));
  return [...home, ...others, ...pointers];
}
