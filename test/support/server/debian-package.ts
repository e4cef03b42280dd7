// A program that Debian has a package of. On a bare Debian as root it is installed from the distribution,
// without a service of its own being started.
import { access, constants, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../../../admin/development/embedded/program.ts";

/** The browser that the operator page is tested in. */
export const CHROMIUM: PackagedProgram = { title: "Chromium", name: "chromium" };

/** The pooler that the service is tested behind. */
export const PGBOUNCER: PackagedProgram = { title: "PgBouncer", name: "pgbouncer" };

const APT_GET = "/usr/bin/apt-get";
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/** A program, and the package of its name that brings it. */
export interface PackagedProgram {
  /** Its name in an error, such as "PgBouncer". */
  readonly title: string;
  /** The package's name, and the program's. */
  readonly name: string;
}

/**
 * Returns the path of a program, from PATH or /usr/sbin. When it is missing, root on Debian installs the
 * package, and says so on standard error.
 * Throws an Error with the line to type when it cannot be had.
 */
export async function findPackagedProgram({ title, name }: PackagedProgram): Promise<string> {
  const found = await findProgram(name);
  if (found !== undefined) return found;
  await installPackage({ title, name });
  const installed = await findProgram(name);
  if (installed !== undefined) return installed;
  throw missing({ title, name });
}

/**
 * Installs a package from the distribution, as root on Debian, and says so on standard error.
 * Throws an Error with the line to type elsewhere.
 */
export async function installPackage({ title, name }: PackagedProgram): Promise<void> {
  if (process.getuid?.() !== 0 || !(await isExecutable(APT_GET))) throw missing({ title, name });
  process.stderr.write(`${title} is missing: installing the package ${name} with apt-get\n`);
  await install(name);
}

function missing({ title, name }: PackagedProgram): Error {
  return new Error(`Cannot find ${title}: it is not installed\nType: apt-get install ${name}`);
}

async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env["PATH"] ?? "").split(":").filter(Boolean), "/usr/sbin"];
  for (const folder of folders) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A fresh container has no package lists: an install that fails is tried again with new ones. */
async function install(name: string): Promise<void> {
  await withoutServices(async () => {
    const packageName = ["install", "--yes", "--no-install-recommends", name];
    try {
      await aptGet(packageName);
    } catch {
      await aptGet(["update"]);
      await aptGet(packageName);
    }
  });
}

/** `env` passes proxies on, which a bare machine may need. */
async function aptGet(parameters: readonly string[]): Promise<void> {
  const proxies = Object.entries(process.env)
    .filter(([name]) => /^https?_proxy$/i.test(name))
    .map(([name, value]) => `${name}=${value}`);
  const quiet = ["-o", "DPkg::Lock::Timeout=120", "--quiet"];
  const environment = ["DEBIAN_FRONTEND=noninteractive", ...proxies];
  await runProgram("env", [...environment, APT_GET, ...quiet, ...parameters]);
}

/**
 * Keeps packages from starting their services: exit code 101 of this script forbids it.
 * A policy that is there already is the machine's own, and stays.
 * Source: https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
async function withoutServices(act: () => Promise<void>): Promise<void> {
  const made = await writeFile(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", {
    flag: "wx",
    mode: 0o755,
  }).then(
    () => true,
    () => false,
  );
  try {
    await act();
  } finally {
    if (made) await rm(SERVICE_POLICY, { force: true });
  }
}
