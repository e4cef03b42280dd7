// A tenant from one database to another. Each step is committed and can be repeated, and at no moment do
// both databases serve it for writing: a kill anywhere, and the same command again, ends as if nothing had been.

import { AdminError } from "../../registry/admin-error.ts";
import { databaseMessage } from "../../registry/database-code.ts";
import { waitForRunning } from "../../registry/fence.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Loaded } from "../load.ts";
import type { Meter } from "../../command/meter.ts";
import { findLosses, requireNoLosses } from "../shape/rehearsal.ts";
import { withSnapshot } from "../snapshot.ts";
import { checkRoom, hasArrived, receive, settle } from "./arrival.ts";
import { depart, giveBack, type Journey, leave } from "./departure.ts";
import { withMoveLock } from "./lock.ts";
import { checkRegistries, describePlace } from "./place.ts";

/** How to move. */
export interface MoveOptions {
  /** How long to wait for what began before the writes were stopped. */
  readonly waitMs: number;
  /** Move what can be copied, and leave the rest behind. */
  readonly lossy?: boolean;
  readonly meter?: Meter;
  /** Called when a step has been committed. */
  readonly onStep?: (step: MoveStep, line: string) => void;
}

/** What has been done. */
type MoveStep = "stopped" | "copied" | "left" | "settled";

/** What was moved. */
export interface MoveReport {
  readonly schemaName: string;
  /** Where it is now. */
  readonly place: string;
  /** What was copied in this run; undefined when an earlier one had done that. */
  readonly copied: Loaded | undefined;
  /** What it had and has not any more; empty unless it was to be lossy. */
  readonly losses: readonly string[];
}

/**
 * Moves a tenant with its hosts, its status and its rows. It is read-only while it is copied, and refused for the
 * moment between its end here and its beginning there; nothing that was acknowledged is lost. The source keeps
 * a suspended tenant that names where it went.
 * @throws {AdminError} when it cannot be moved: the tenant is then what it was before, or the message says that
 *   the command is to be run again
 */
export async function moveTenant(
  source: Registry,
  target: Registry,
  schemaName: string,
  { waitMs, lossy = false, meter, onStep = () => {} }: MoveOptions,
): Promise<MoveReport> {
  const place = describePlace(target.url);
  return withMoveLock(source, target, schemaName, async () => {
    await checkRegistries(source, target);
    const losses = await rehearse(source, schemaName, lossy);
    const journey = await depart(source, schemaName, place, (tenant) =>
      checkRoom(source, target, tenant),
    );
    let copied: Loaded | undefined;
    if (journey.stage === "moving") {
      onStep("stopped", `Stopped writes of tenant "${schemaName}"`);
      await waitForWrites(source, schemaName, waitMs);
      if (!(await hasArrived(target, journey))) {
        copied = await send(source, target, journey, { lossy, meter });
      }
      onStep("copied", `Copied it to ${place}`);
      await leave(source, journey);
      onStep("left", "Suspended it here");
    }
    await settle(target, journey);
    onStep("settled", "Gave it its status there");
    return { schemaName, place, copied, losses };
  });
}

/** Before anything is changed; a move that goes on has been through it. */
async function rehearse(
  source: Registry,
  schemaName: string,
  lossy: boolean,
): Promise<readonly string[]> {
  const tenant = await source.Tenant.findByPk(schemaName);
  if (tenant === null || tenant.transition !== null) return [];
  const losses = await findLosses(source, schemaName);
  if (!lossy) requireNoLosses("move tenant", schemaName, losses);
  return losses;
}

async function waitForWrites(source: Registry, schemaName: string, waitMs: number): Promise<void> {
  const left = await waitForRunning(source, waitMs);
  if (left === 0) return;
  throw new AdminError(
    `Cannot move tenant: after ${waitMs / 1000} s, ${left} transactions that began before still run; tenant ` +
      `"${schemaName}" is read-only until the same command is run again, with a longer --wait`,
  );
}

/** Copies the tenant. When the target has surely not taken it, the source is as it was before. */
async function send(
  source: Registry,
  target: Registry,
  journey: Journey,
  options: { readonly lossy: boolean; readonly meter: Meter | undefined },
): Promise<Loaded> {
  const { schemaName } = journey;
  const place = describePlace(target.url);
  try {
    const wanted = { action: "move tenant", allowed: ["moving"] as const };
    return await withSnapshot(source, schemaName, wanted, (snapshot) =>
      receive(target, journey, snapshot, describePlace(source.url), options),
    );
  } catch (error) {
    const reason = databaseMessage(error);
    // A commit whose answer was lost has happened or not: the target is asked, behind whatever runs there.
    const arrived = await hasArrived(target, journey).catch(() => undefined);
    if (arrived !== false) {
      throw new AdminError(
        `Cannot move tenant to ${place}: ${reason}; tenant "${schemaName}" is read-only until the same ` +
          "command is run again",
      );
    }
    await giveBack(source, journey);
    throw new AdminError(
      `Cannot move tenant to ${place}: ${reason}; tenant "${schemaName}" is here, as it was before`,
    );
  }
}
