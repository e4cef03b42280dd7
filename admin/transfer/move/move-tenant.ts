// Moves a tenant from one database to another. Each step is committed and can be repeated, and both databases never
// accept its writes at once: after a kill at any point, the same command completes the move.

import { AdminError } from "../../registry/admin-error.ts";
import { prepareCreation } from "../../lifecycle/creation.ts";
import { databaseMessage } from "../../registry/database-code.ts";
import type { Displaced } from "../../registry/pointer.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Loaded } from "../rows/load.ts";
import type { Meter } from "../../command/meter.ts";
import { findLosses, requireNoLosses } from "../shape/rehearsal.ts";
import { withSnapshot } from "../rows/snapshot.ts";
import {
  type ArrivalOptions,
  describeTarget,
  hasArrived,
  receive,
  type Room,
  settle,
} from "./arrival.ts";
import {
  depart,
  giveBack,
  type Journey,
  leave,
  planDeparture,
  waitForWrites,
} from "./departure.ts";
import { type RequireHeld, withMoveLock } from "./lock.ts";
import { checkRegistries, describePlace } from "./place.ts";

/** The options of a move. */
export interface MoveOptions {
  /** The longest wait for transactions that began before the writes stopped. */
  readonly waitMs: number;
  /** Leave out objects that cannot be copied, instead of refusing. */
  readonly lossy?: boolean;
  readonly meter?: Meter;
  /** Called after each committed step. */
  readonly onStep?: (step: MoveStep, line: string) => void;
  /** Of a move between databases of one installation; without it the source's row alone names the target. */
  readonly pointers?: MovePointers;
}

/** The pointers of a move between databases of one installation. */
export interface MovePointers {
  /** The target's name. */
  readonly database: string;
  /** The target's pointers that give way to the tenant. */
  readonly displaces: Displaced;
  /** Sets home's pointer where the source is not home. It is called when the tenant has left the source. */
  readonly lead: () => Promise<void>;
}

/** A completed step of a move. */
export type MoveStep = "cleared" | "stopped" | "copied" | "left" | "settled";

/** The result of a move. */
export interface MoveReport {
  readonly schemaName: string;
  /** The target database, as host, port and name. */
  readonly place: string;
  /** The rows that this run copied; undefined when an earlier run had copied them. */
  readonly copied: Loaded | undefined;
  /** The objects that the tenant has lost; empty without `lossy`. */
  readonly losses: readonly string[];
}

/**
 * Moves a tenant with its hosts, its status and its rows. The tenant is read-only during the copy; acknowledged writes
 * are never lost. The source keeps a suspended tenant that names the target. With `pointers` the tenant is always
 * served, read-only until the end: the target serves it before the source stops. Without them it is unavailable for the
 * moment between its suspension here and its start there.
 * @throws {AdminError} when the move fails: the tenant is then as it was before, or the message says to run the
 *   command again
 */
export async function moveTenant(
  source: Registry,
  target: Registry,
  schemaName: string,
  { waitMs, lossy = false, meter, onStep = () => {}, pointers }: MoveOptions,
): Promise<MoveReport> {
  const place = describePlace(target.url);
  return withMoveLock(source, target, schemaName, async (requireHeld) => {
    await checkRegistries(source, target);
    const losses = await rehearse(source, schemaName, lossy);
    // Prepared before anything changes, so that writes wait for less.
    const creation = losses && (await prepareCreation(target));
    const there = describeTarget(source, target, {
      displaces: pointers?.displaces,
      isCleared: false,
    });
    const journey = await depart(source, schemaName, there);
    let copied: Loaded | undefined;
    if (journey.stage === "moving") {
      onStep("stopped", `Stopped writes of tenant "${schemaName}"`);
      await waitForWrites(source, schemaName, waitMs);
      if (!(await hasArrived(target, journey))) {
        const options = { creation, lossy, meter, pointers };
        copied = await send(source, target, journey, options, requireHeld);
      }
      onStep("copied", `Copied it to ${place}`);
      await requireHeld();
      await leave(source, journey, pointers?.database);
      onStep(
        "left",
        pointers ? `Sent its hosts to database "${pointers.database}"` : "Suspended it here",
      );
    }
    await requireHeld();
    await pointers?.lead();
    await settle(target, journey);
    onStep("settled", "Gave it its status there");
    return { schemaName, place, copied, losses: losses ?? [] };
  });
}

/** What a move would do. */
export interface PlannedMove {
  readonly schemaName: string;
  readonly place: string;
  /** Whether an earlier run has begun, and this one would continue it. */
  readonly isContinued: boolean;
  /** Whether an old copy, which an earlier move has left in the target, would be removed first. */
  readonly isCleared: boolean;
  /** The objects that the tenant would lose; empty without `lossy`. */
  readonly losses: readonly string[];
}

/** Makes the checks with which {@link moveTenant} begins, and changes nothing. Throws as it does. */
export async function planMove(
  source: Registry,
  target: Registry,
  schemaName: string,
  { lossy, ...room }: Room & { readonly lossy: boolean },
): Promise<PlannedMove> {
  const place = describePlace(target.url);
  return withMoveLock(source, target, schemaName, async () => {
    await checkRegistries(source, target);
    const losses = await rehearse(source, schemaName, lossy);
    const there = describeTarget(source, target, room);
    const isContinued = await planDeparture(source, schemaName, there);
    return { schemaName, place, isContinued, isCleared: room.isCleared, losses: losses ?? [] };
  });
}

/** Runs before anything changes; undefined for a continued move, which has passed it already. */
async function rehearse(
  source: Registry,
  schemaName: string,
  lossy: boolean,
): Promise<readonly string[] | undefined> {
  const tenant = await source.Tenant.findByPk(schemaName);
  if (tenant === null || tenant.transition !== null) return undefined;
  const losses = await findLosses(source, schemaName);
  if (!lossy) requireNoLosses("move tenant", schemaName, losses);
  return losses;
}

/** Copies the tenant. When the target has certainly not taken it, the source is restored. */
async function send(
  source: Registry,
  target: Registry,
  journey: Journey,
  options: ArrivalOptions,
  requireHeld: RequireHeld,
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
    // A commit whose answer was lost may have happened: ask the target, after all that still runs there.
    const arrived = await hasArrived(target, journey).catch(() => undefined);
    if (arrived !== false) {
      throw new AdminError(
        `Cannot move tenant to ${place}: ${reason}; tenant "${schemaName}" is read-only until the same ` +
          "command is run again",
      );
    }
    await requireHeld();
    await giveBack(source, journey);
    throw new AdminError(
      `Cannot move tenant to ${place}: ${reason}; tenant "${schemaName}" is here, as it was before`,
    );
  }
}
