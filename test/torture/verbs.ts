// The verbs on tenants that are served meanwhile.

import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hostOf, schemaOf } from "../support/traffic.ts";
import type { Pace } from "./faults.ts";
import type { Change, Owner } from "./history.ts";
import { dropRemnant, moveTenant } from "./moves.ts";
import { AGAIN_MS, createPerform, type Perform, type Span } from "./perform.ts";
import { inRounds } from "./rounds.ts";
import type { TortureStage } from "./stage.ts";
import { FIXED, MORTAL, mortalHost, STEADY, tagTenant, WANDERING, type World } from "./world.ts";

const HELD_MS = 300;

/** Makes the tenants that are not there yet, tags them, and gives the wandering hosts away for the first time. */
export async function createTenants(stage: TortureStage, world: World): Promise<void> {
  const run = createPerform(stage, world);
  const always = { from: -Infinity, sureFrom: -Infinity, sureTo: Infinity, to: Infinity };
  const there = [hostOf(STEADY.eu), schemaOf(STEADY.eu), "--database", "eu"];
  await run("add-tenant", there);
  for (let tenant = 1; tenant <= FIXED; tenant += 1) {
    const place = tenant === STEADY.eu ? "eu" : "home";
    await tagTenant(stage, world, place, schemaOf(tenant), tenant);
    world.owners.push({ host: hostOf(tenant), tenant, ...always });
  }
  await Promise.all([
    ...WANDERING.map((host) => give(world, run, host, schemaOf(1), 1)),
    ...MORTAL.map((schemaName) => revive(stage, world, run, schemaName)),
  ]);
}

async function give(
  world: World,
  run: Perform,
  host: string,
  schemaName: string,
  tenant: number,
): Promise<void> {
  const { from, to } = await run("add-domain", [host, schemaName], /already belongs to a tenant/);
  world.owners.push({ host, tenant, from, sureFrom: to, sureTo: Infinity, to: Infinity });
}

function end(owner: Owner | undefined, { from, to }: Span): void {
  if (owner) Object.assign(owner, { sureTo: from, to });
}

/** Gives a wandering host to another tenant. */
async function wander(world: World, run: Perform, random: () => number): Promise<void> {
  const host = WANDERING[Math.floor(random() * WANDERING.length)] ?? "";
  const owner = world.currentOwner(host);
  await leave(owner, () => run("remove-domain", [host], /does not belong to a tenant/));
  const next = 1 + (((owner?.tenant ?? 1) + Math.floor(random() * (FIXED - 1))) % FIXED);
  await give(world, run, host, schemaOf(next), next);
}

/** While the verb runs the owner may have lost the host already. */
async function leave(owner: Owner | undefined, verb: () => Promise<Span>): Promise<Span> {
  const span = await verb();
  end(owner, span);
  return span;
}

/** Makes a mortal tenant, which is served when it has its name tag. */
async function revive(
  stage: TortureStage,
  world: World,
  run: Perform,
  schemaName: string,
): Promise<void> {
  const tenant = world.newTenant();
  const place = tenant % 2 === 0 ? "eu" : "home";
  const wanted = [`own.${mortalHost(schemaName)}`, schemaName, "--database", place];
  await run("add-tenant", wanted, /is a tenant already/);
  for (;;) {
    try {
      await tagTenant(stage, world, place, schemaName, tenant);
      break;
    } catch {
      await setTimeout(AGAIN_MS); // the server is down
    }
  }
  await give(world, run, mortalHost(schemaName), schemaName, tenant);
}

/** Drops a mortal tenant, and makes another of the same name and host. */
async function replace(
  stage: TortureStage,
  world: World,
  run: Perform,
  schemaName: string,
): Promise<void> {
  const owner = world.currentOwner(mortalHost(schemaName));
  const dropped = await leave(owner, () =>
    run(
      "drop-tenant",
      [schemaName, "--confirm", schemaName, "--no-backup"],
      /tenant "\w+" does not exist/,
    ),
  );
  world.schemas.delete(schemaName);
  const { from, to } = dropped;
  if (owner) {
    world.changes.push({ kind: "drop", tenant: owner.tenant, from, sureFrom: to, sureTo: to, to });
  }
  await revive(stage, world, run, schemaName);
}

type Step = readonly [name: string, parameters: readonly string[], done?: RegExp];

/** A change of a tenant, and what takes it back. */
const CHANGES: Readonly<
  Record<Exclude<Change["kind"], "drop" | "move">, (schemaName: string) => readonly [Step, Step]>
> = {
  suspend: (name) => [
    ["suspend-tenant", [name]],
    ["resume-tenant", [name]],
  ],
  "read-only": (name) => [
    ["set-tenant", [name, "--read-only"]],
    ["set-tenant", [name, "--writable"]],
  ],
  rename: (name) => [
    ["rename-tenant", [name, `${name}_b`], /is a tenant already/],
    ["rename-tenant", [`${name}_b`, name], /is a tenant already/],
  ],
  migrate: (name) => [
    ["migrate", ["--tenants", name, "--to", "1"]],
    ["migrate", ["--tenants", name]],
  ],
};

/** Changes a fixed tenant and takes it back. */
async function change(
  world: World,
  run: Perform,
  kind: keyof typeof CHANGES,
  tenant: number,
  heldMs: number,
): Promise<void> {
  const [make, undo] = CHANGES[kind](schemaOf(tenant));
  const made = await run(...make);
  await setTimeout(heldMs);
  const undone = await run(...undo);
  const [from, sureFrom, sureTo, to] = [made.from, made.to, undone.from, undone.to];
  world.changes.push({ kind, tenant, from, sureFrom, sureTo, to });
}

async function exportOne(run: Perform, tenant: number): Promise<void> {
  const file = join(
    tmpdir(),
    `rowhouse-torture-${process.pid}-${Math.floor(performance.now())}.zip`,
  );
  try {
    await run("export-tenant", [schemaOf(tenant), file]);
  } finally {
    await rm(file, { force: true });
  }
}

/** Runs the verbs on the fixed tenants, and those on hosts and mortal tenants, side by side. */
export async function runVerbs(
  stage: TortureStage,
  world: World,
  random: () => number,
  pace: Pace,
): Promise<void> {
  const run = createPerform(stage, world);
  const free = Array.from({ length: FIXED }, (_, index) => index + 1).filter(
    (tenant) => !Object.values(STEADY).includes(tenant),
  );
  const anyTenant = (): number => free[Math.floor(random() * free.length)] ?? FIXED;
  const kinds = ["suspend", "read-only", "rename", "migrate", "export", "move", "move"] as const;
  const ofTenants = inRounds(kinds, random, pace, async (kind) => {
    const tenant = anyTenant();
    if (kind === "export") return exportOne(run, tenant);
    if (kind === "move") return moveTenant(stage, world, run, random, tenant);
    if (kind === "rename") await dropRemnant(run, tenant);
    return change(world, run, kind, tenant, Math.floor(random() * HELD_MS));
  });
  const ofHosts = inRounds([...MORTAL, ...WANDERING], random, pace, (item) =>
    MORTAL.includes(item) ? replace(stage, world, run, item) : wander(world, run, random),
  );
  await Promise.all([ofTenants, ofHosts]);
}
