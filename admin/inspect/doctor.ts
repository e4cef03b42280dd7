// Everything that the doctor looks at. What cannot be looked at is a finding, and stops nothing else.

import type { Secret } from "../../src/variable.ts";
import { type Registry, withRegistry } from "../registry/registry.ts";
import { examinePrivileges, examineRegistry, findTenantTable } from "./admin-findings.ts";
import { examineBudget } from "./budget.ts";
import {
  examineAdminConnection,
  examineServiceConnection,
  judgeEncryption,
} from "./connection-findings.ts";
import { examine, type Finding } from "./finding.ts";
import { withProbes } from "./probe.ts";
import { examineSameDatabase } from "./same-database.ts";
import { examineAttempts, examineMessage, examineRole } from "./service-findings.ts";

/** Where the doctor looks. */
export interface Places {
  /** The service's URL. */
  readonly service: Secret | undefined;
  /** The verbs' URL. */
  readonly admin: Secret | undefined;
  /** The folder of the application's own tenant migrations. */
  readonly tenantMigrations: string | undefined;
}

/** Looks at all of it; nothing is changed, and no row of a tenant is read. */
export async function examineInstallation({
  service,
  admin,
  tenantMigrations,
}: Places): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let table: string | undefined;
  if (admin === undefined) findings.push(missing("ADMIN_DATABASE_URL", "the verbs"));
  else {
    findings.push(...(await examine("admin connection", () => examineAdmin(admin))));
    const look = async (registry: Registry): Promise<readonly Finding[]> => {
      table = await findTenantTable(registry);
      return [
        ...(await examine("registry", () => examineRegistry(registry))),
        ...(await examine("privileges", () => examinePrivileges(registry, userOf(service)))),
        ...(await examine("catalogs", () => examineBudget(registry))),
      ];
    };
    const open = (): Promise<readonly Finding[]> =>
      withRegistry(admin.reveal(), look, tenantMigrations);
    findings.push(...(await examine("registry", open)));
  }
  if (service === undefined) findings.push(missing("DATABASE_URL", "the service"));
  else findings.push(...(await examineService(service, table)));
  if (service !== undefined && admin !== undefined) {
    const compare = (): Promise<readonly Finding[]> =>
      withProbes(service.reveal(), (openService) =>
        withProbes(admin.reveal(), async (openAdmin) =>
          examineSameDatabase(await openService(), await openAdmin()),
        ),
      );
    findings.push(...(await examine("database", compare)));
  }
  return findings;
}

function missing(name: string, whose: string): Finding {
  const seen = `${name} is not set: nothing was looked at as ${whose} would see it`;
  return {
    level: "warn",
    check: name,
    seen,
    advice: `set it as for ${whose}, and run the doctor again`,
  };
}

async function examineAdmin(url: Secret): Promise<readonly Finding[]> {
  return withProbes(url.reveal(), async (open) => [
    ...(await examineAdminConnection(open)),
    judgeEncryption("admin connection", hostOf(url), (await open()).encrypted),
  ]);
}

async function examineService(url: Secret, table: string | undefined): Promise<readonly Finding[]> {
  const looks: readonly [string, () => Promise<readonly Finding[]>][] = [
    ["pooler", () => withProbes(url.reveal(), examineServiceConnection)],
    ["message", () => examineMessage(url)],
    [
      "service role",
      () =>
        withProbes(url.reveal(), async (open) => {
          const probe = await open();
          return [
            judgeEncryption("service connection", hostOf(url), probe.encrypted),
            ...(await examineAttempts(probe, table)),
            ...(await examineRole(probe)),
          ];
        }),
    ],
  ];
  const findings: Finding[] = [];
  for (const [check, look] of looks) findings.push(...(await examine(check, look)));
  return findings;
}

function hostOf(url: Secret): string {
  return new URL(url.reveal()).hostname;
}

function userOf(url: Secret | undefined): string | undefined {
  return url === undefined ? undefined : decodeURIComponent(new URL(url.reveal()).username);
}
