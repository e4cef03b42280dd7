// The doctor: it runs every examination. One that fails is a finding itself, and does not stop the others.

import { readCluster } from "../citus/cluster.ts";
import { judgeCluster } from "../citus/findings.ts";
import { parseAddress } from "../../src/database/wire/address.ts";
import type { Secret } from "../../src/environment.ts";
import { databaseCode, databaseMessage } from "../registry/database-code.ts";
import { findInstallation } from "../registry/installation.ts";
import { type Registry, withRegistry } from "../registry/registry.ts";
import { examineEvents, examineRegistry, findTenantTable } from "./admin-findings.ts";
import { examineBudget } from "./budget.ts";
import {
  examineAdminConnection,
  examineServiceConnection,
  judgeEncryption,
} from "./connection-findings.ts";
import { examine, type Finding } from "./finding.ts";
import { examineFunctions } from "./function-findings.ts";
import { examinePrivileges } from "./privilege-findings.ts";
import { type Probe, withProbes } from "./probe.ts";
import { examineSameDatabase } from "./same-database.ts";
import { examineShared, examineSharedMigrations } from "./shared-findings.ts";
import { examineAttempts, examineMessage, examineRole } from "./service-findings.ts";

/** The installation that the doctor examines. */
export interface Places {
  /** The service's URL. */
  readonly service: Secret | undefined;
  /** The verbs' URL. */
  readonly admin: Secret | undefined;
  /** The folder of the application's own tenant migrations. */
  readonly tenantMigrations: string | undefined;
  /** The folder of the shared migrations. */
  readonly sharedMigrations?: string | undefined;
}

/** Examines an installation, without changing anything and without reading a tenant's rows. */
export async function examineInstallation({
  service,
  admin,
  tenantMigrations,
  sharedMigrations,
}: Places): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const made: Made = {};
  const adminIsThere = await canOpen("ADMIN_DATABASE_URL", admin, "the verbs", findings);
  if (admin && adminIsThere) {
    findings.push(...(await examine("admin connection", () => examineAdmin(admin))));
    const look = async (registry: Registry): Promise<readonly Finding[]> => {
      made.role = (await registry.withTransaction(findInstallation))?.serviceRole;
      made.table = await findTenantTable(registry);
      return [
        ...(await examine("registry", () => examineRegistry(registry))),
        ...(await examine("events", () => examineEvents(registry))),
        ...(await examine("privileges", () => examinePrivileges(registry, userOf(service)))),
        ...(await examine("functions", () => examineFunctions(registry))),
        ...(await examine("shared schemas", () => examineShared(registry))),
        ...(await examine("shared migrations", () => examineSharedMigrations(registry))),
        ...(await examine("catalogs", () => examineBudget(registry))),
        ...(await examine("Citus", () => examineCluster(registry))),
      ];
    };
    const open = (): Promise<readonly Finding[]> =>
      withRegistry(admin.reveal(), look, tenantMigrations, sharedMigrations);
    findings.push(...(await examine("registry", open)));
  }
  const serviceIsThere = await canOpen("DATABASE_URL", service, "the service", findings);
  if (service && serviceIsThere) findings.push(...(await examineService(service, made)));
  if (service && serviceIsThere && admin && adminIsThere) {
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

/** What init-db and the verbs have made, as far as the admin role has seen it. */
interface Made {
  /** The service role. */
  role?: string | undefined;
  /** A tenant's table. */
  table?: string | undefined;
}

/** Tells whether a connection succeeds; a failure goes to `findings`. */
async function canOpen(
  name: string,
  url: Secret | undefined,
  whose: string,
  findings: Finding[],
): Promise<boolean> {
  const again = "and run the doctor again";
  if (url === undefined) {
    const seen = `it is not set: the doctor did not check what ${whose} would see`;
    findings.push({ level: "warn", check: name, seen, advice: `set it as for ${whose}, ${again}` });
    return false;
  }
  try {
    await withProbes(url.reveal(), (open) => open());
    return true;
  } catch (error) {
    const code = databaseCode(error);
    const seen = `the connection fails: ${databaseMessage(error)}${code === undefined ? "" : ` (${code})`}`;
    const advice = `check the URL and that its server runs, ${again}`;
    findings.push({ level: "unsafe", check: name, seen, advice });
    return false;
  }
}

async function examineCluster(registry: Registry): Promise<readonly Finding[]> {
  const cluster = await readCluster(registry);
  return cluster === undefined ? [] : judgeCluster(cluster);
}

async function examineAdmin(url: Secret): Promise<readonly Finding[]> {
  return withProbes(url.reveal(), async (open) => [
    ...(await examineAdminConnection(open)),
    judgeEncryption("admin connection", parseAddress(url.reveal()), (await open()).encrypted),
  ]);
}

async function examineService(url: Secret, made: Made): Promise<readonly Finding[]> {
  const looks: readonly [string, () => Promise<readonly Finding[]>][] = [
    ["pooler", () => withProbes(url.reveal(), examineServiceConnection)],
    ["message", () => examineMessage(url)],
    [
      "service role",
      () =>
        withProbes(url.reveal(), async (open) => {
          const probe = await open();
          return [
            judgeEncryption("service connection", parseAddress(url.reveal()), probe.encrypted),
            ...(await examineAsService(probe, made)),
          ];
        }),
    ],
  ];
  const findings: Finding[] = [];
  for (const [check, look] of looks) findings.push(...(await examine(check, look)));
  return findings;
}

/** Another role, such as the admin's own, must be left as it is: only the URL is to be mended. */
async function examineAsService(probe: Probe, { role, table }: Made): Promise<readonly Finding[]> {
  const [session] = await probe.query<{ name: string }>("select session_user::text as name");
  const isMade = role !== undefined && session?.name === role;
  const findings = [
    ...(await examineAttempts(probe, table)),
    ...(await examineRole(probe, isMade)),
  ];
  if (role === undefined || isMade) return findings;
  return findings.map((finding) =>
    finding.advice === undefined
      ? finding
      : Object.assign({}, finding, { advice: `connect as "${role}"` }),
  );
}

function userOf(url: Secret | undefined): string | undefined {
  return url === undefined ? undefined : parseAddress(url.reveal()).user;
}
