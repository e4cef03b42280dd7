// Checks the schema after a load, and explains the rows that break a rule.

import type { ClientBase } from "pg";
import { describeDifferences } from "../../inspect/fingerprint/difference.ts";
import { readFingerprints } from "../../inspect/fingerprint/fingerprint.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { databaseCode, databaseMessage } from "../../registry/database-code.ts";
import { clientOf, type Transaction } from "../../registry/connection/transaction-client.ts";
import { prepareCopy } from "../copy.ts";
import { applyComments } from "../shape/comments.ts";
import { describeLosses, type Whole } from "../shape/losses.ts";
import { applySettings } from "../shape/settings.ts";
import { readShape } from "../shape/shape.ts";

// SQLSTATEs, except those of lost connections and of servers that shut down.
const BROKEN = /^(?!08|57)[0-9P][0-9A-Z]{4}$/;

// Only keys to tables outside of the schema are in force while rows arrive.
const FOREIGN_KEY_VIOLATION = "23503";

/**
 * Runs `work`, which removes objects of a schema and makes them again, and restores their settings and comments.
 * @throws {AdminError} when the schema differs afterwards
 */
export async function requireSame(
  transaction: Transaction,
  schemaName: string,
  action: string,
  work: () => Promise<void>,
): Promise<void> {
  const client = clientOf(transaction);
  const before = await readSchema(transaction, client, schemaName);
  await work();
  await applySettings(client, schemaName, before.shape.settings);
  await applyComments(client, schemaName, before.shape.comments);
  const after = await readSchema(transaction, client, schemaName);
  const differences = [...describeDifferences(after, before, 0), ...describeLosses(after, before)];
  if (differences.length === 0) return;
  throw new AdminError(
    `Cannot ${action}: loading the rows has changed the copy's schema: ${differences[0]}; ` +
      "please report this",
  );
}

/**
 * Runs `work`, and distinguishes rows that cannot be read from rows that break a rule which is put back after them.
 * @param work receives a function through which it fills tables
 * @throws {AdminError} for a rule that the rows break
 */
export async function explainBroken(
  action: string,
  work: (filling: <T>(fill: () => Promise<T>) => Promise<T>) => Promise<void>,
): Promise<void> {
  let filling = false;
  try {
    await work(async (fill) => {
      filling = true;
      const result = await fill();
      filling = false;
      return result;
    });
  } catch (error) {
    const code = databaseCode(error) ?? "";
    const message = databaseMessage(error);
    if (filling && code === FOREIGN_KEY_VIOLATION) {
      throw new AdminError(
        `Cannot ${action}: its rows refer to rows that a shared table lacks: ${message}; add those rows first`,
        { cause: error },
      );
    }
    if (filling || !BROKEN.test(code)) throw error;
    throw new AdminError(
      `Cannot ${action}: its rows break a rule of its own schema: ${message}; mend the rows in the source, or ` +
        "make the rule NOT VALID there",
      { cause: error },
    );
  }
}

async function readSchema(
  transaction: Transaction,
  client: ClientBase,
  schemaName: string,
): Promise<Whole> {
  const fingerprints = await readFingerprints(transaction, [schemaName]);
  await prepareCopy(client, schemaName);
  const shape = await readShape(client, schemaName);
  return { schemaName, objects: fingerprints.get(schemaName) ?? [], shape, facts: [] };
}
