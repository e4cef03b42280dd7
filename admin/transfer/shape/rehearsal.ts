// The rehearsal of a copy: it copies a tenant's structure on trial. Every copy has
// the same losses, so that the verbs that copy or drop the tenant can report them before they change anything.

import { randomBytes } from "node:crypto";
import { commandFor } from "../../program/form.ts";
import { describeDifferences } from "../../inspect/fingerprint/difference.ts";
import { readFingerprints } from "../../inspect/fingerprint/fingerprint.ts";
import { prepareCreation } from "../../lifecycle/creation.ts";
import { raiseTenant } from "../../lifecycle/raise.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { databaseCode, databaseMessage } from "../../registry/database-code.ts";
import { query, type Registry } from "../../registry/registry.ts";
import { clientOf, type Transaction } from "../../registry/connection/transaction-client.ts";
import { endCopy, prepareCopy, prepareReading } from "../copy.ts";
import { readTables, type Table } from "../structure.ts";
import { describeLosses, type Whole } from "./losses.ts";
import { readFacts } from "./facts.ts";
import { applyShape, readShape } from "./shape.ts";
import { toOneLine } from "../../print/visible.ts";

const LOCK_TIMEOUT_MS = 5000;
// SQLSTATEs, except those of locks that others hold, of lost connections and of servers that shut down.
const REASON = /^(?!08|57|55P03|40)[0-9P][0-9A-Z]{4}$/;
// insufficient_resources, such as locks for a schema of thousands of tables: unrelated to the tenant's content.
const NO_ROOM = /^53/;

interface TenantState {
  readonly version: number;
  readonly roleName: string;
  readonly hasRole: boolean;
}

/** A tenant, and the content of its schema. */
interface Original extends TenantState {
  readonly whole: Whole;
  readonly tables: readonly Table[];
}

/**
 * Finds what a copy of a tenant would lack: changes made by hand that a shape does not carry.
 * @returns a phrase for each loss, such as `table "by_hand" is not in version 2`; empty when the tenant does not exist,
 *   or when the server lacks the resources to find out
 */
export async function findLosses(
  registry: Registry,
  schemaName: string,
): Promise<readonly string[]> {
  const creation = await prepareCreation(registry);
  const copyName = `rowhouse_rehearsal_${randomBytes(6).toString("hex")}`;
  for (;;) {
    const state = await registry.withTransaction((one) => readState(one, schemaName));
    if (state === undefined) return [];
    const { version } = state;
    try {
      return await raiseTenant(
        registry,
        creation,
        { schemaName: copyName, hosts: [], version },
        (transaction, roleName) =>
          compare(transaction, schemaName, copyName, { roleName, version }),
        { action: "rehearse the copy", isTrial: true },
      );
    } catch (error) {
      // A migration has ended in between.
      if (error instanceof VersionMoved) continue;
      const code = databaseCode(error) ?? "";
      if (NO_ROOM.test(code)) return [];
      if (!(error instanceof AdminError) && !REASON.test(code)) throw error;
      const reason = databaseMessage(error).replace(/^Cannot [^:]*: /, "");
      return [toOneLine(reason, " ").replaceAll(copyName, schemaName)];
    }
  }
}

/** The error when the tenant has another version than the copy. */
class VersionMoved extends Error {}

async function compare(
  transaction: Transaction,
  schemaName: string,
  copyName: string,
  { roleName, version }: { readonly roleName: string; readonly version: number },
): Promise<readonly string[]> {
  await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const original = await readOriginal(transaction, schemaName);
  if (original === undefined) return [];
  if (original.version !== version) throw new VersionMoved();
  await endCopy(clientOf(transaction));
  const { whole } = original;
  const copy = await imitate(transaction, copyName, roleName, original);
  // Without its role the tenant does not have privileges that a copy could lose.
  const compared = original.hasRole ? (all: Whole) => all : withoutPrivileges;
  return [
    ...describeDifferences(whole, copy, version),
    ...describeLosses(compared(whole), compared(copy)),
  ];
}

/** Reads the tenant and its content at one version: a migration may end in between. */
async function readOriginal(
  transaction: Transaction,
  schemaName: string,
): Promise<Original | undefined> {
  let state = await readState(transaction, schemaName);
  for (;;) {
    if (state === undefined) return undefined;
    const whole = await readWhole(transaction, schemaName, state.roleName);
    const tables = await readTables(clientOf(transaction), schemaName);
    const now = await readState(transaction, schemaName);
    if (now?.version === state.version) return { ...state, whole, tables };
    state = now;
  }
}

async function readState(
  transaction: Transaction,
  schemaName: string,
): Promise<TenantState | undefined> {
  const [row] = await query<TenantState>(
    transaction,
    `select version, role_name as "roleName",
       exists (select from pg_catalog.pg_roles where rolname = role_name) as "hasRole"
     from rowhouse.tenant where schema_name = $1`,
    [schemaName],
  );
  return row;
}

/**
 * Refuses a tenant whose copy would differ from it.
 * @param action completes "Cannot …", such as "clone tenant"
 * @throws {AdminError} that names the losses
 */
export function requireNoLosses(
  action: string,
  schemaName: string,
  losses: readonly string[],
): void {
  if (losses.length === 0) return;
  throw new AdminError(`Cannot ${action}: ${describeRefusal(schemaName, losses)}`);
}

/** Describes in one line why a copy is refused, and the remedy. */
export function describeRefusal(schemaName: string, losses: readonly string[]): string {
  const more = losses.length > 3 ? `, and ${losses.length - 3} more` : "";
  return (
    `a copy of "${schemaName}" would not be equal to it: ${losses.slice(0, 3).join("; ")}${more}; change the ` +
    `tenant's schema only by migrations (see ${commandFor("status")}), or leave that out with --lossy`
  );
}

async function readWhole(
  transaction: Transaction,
  schemaName: string,
  roleName: string,
): Promise<Whole> {
  const client = clientOf(transaction);
  const fingerprints = await readFingerprints(transaction, [schemaName]);
  await prepareReading(client);
  return {
    schemaName,
    objects: fingerprints.get(schemaName) ?? [],
    shape: await readShape(client, schemaName),
    facts: await readFacts(client, schemaName, roleName),
  };
}

function withoutPrivileges(whole: Whole): Whole {
  return { ...whole, facts: whole.facts.filter(({ kind }) => !kind.endsWith("privileges")) };
}

/** Gives the copy the original's shape, and reads the copy's content. */
async function imitate(
  transaction: Transaction,
  copyName: string,
  roleName: string,
  { whole, tables }: Original,
): Promise<Whole> {
  const client = clientOf(transaction);
  await prepareCopy(client, copyName);
  await applyShape(client, copyName, whole.shape, tables);
  return readWhole(transaction, copyName, roleName);
}
