// Writes the events of changes, each in the transaction of its change: an event stays exactly if the change does. An event
// names what changed in the registry. It never holds a row, a secret or the value of a setting.

import { query } from "../registry/registry.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** The verbs that write events. */
export const EVENT_VERBS = [
  "init-db",
  "add-tenant",
  "adopt-tenants",
  "add-domain",
  "remove-domain",
  "suspend-tenant",
  "resume-tenant",
  "set-tenant",
  "rename-tenant",
  "clone-tenant",
  "import-tenant",
  "move-tenant",
  "drop-tenant",
  "migrate",
  "repair",
  "verify-pooler",
  "log",
] as const;

/** A verb that writes events. */
export type EventVerb = (typeof EVENT_VERBS)[number];

/** Whether a text is the name of a verb that writes events. */
export function isEventVerb(text: string): text is EventVerb {
  return EVENT_VERBS.some((verb) => verb === text);
}

/** What changed: a value by name, or `{ before, after }`. */
export type EventDetails = Readonly<Record<string, unknown>>;

/** An event to write. */
export interface NewEvent {
  /** The actor of the registry that makes the change. */
  readonly actor: string;
  readonly verb: EventVerb;
  /** The tenant's schema, after a rename the new one; null for a change that does not concern one tenant. */
  readonly schemaName: string | null;
  readonly details: EventDetails;
}

/** Writes events in one command; none when the list is empty. */
export async function recordEvents(
  transaction: Transaction,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await query(
    transaction,
    `insert into rowhouse.event (actor, verb, schema_name, details)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])`,
    [
      events.map(({ actor }) => actor),
      events.map(({ verb }) => verb),
      events.map(({ schemaName }) => schemaName),
      events.map(({ details }) => JSON.stringify(details)),
    ],
  );
}

/**
 * Runs a command that changes the registry, and writes its event with it, in one round trip.
 * @param text an INSERT, UPDATE or DELETE with RETURNING; the event is written even if it returns nothing
 * @returns the returned rows
 * @throws pg's DatabaseError
 */
export function queryWithEvent<R extends object>(
  transaction: Transaction,
  { actor, verb, schemaName, details }: NewEvent,
  text: string,
  bind: readonly unknown[],
): Promise<R[]> {
  const [a, b, c, d] = [1, 2, 3, 4].map((place) => `$${bind.length + place}`);
  return query<R>(
    transaction,
    `with changed as (${text}), noted as (
       insert into rowhouse.event (actor, verb, schema_name, details)
       values (${a}::text, ${b}::text, ${c}::text, ${d}::jsonb)
     )
     select * from changed`,
    [...bind, actor, verb, schemaName, JSON.stringify(details)],
  );
}

/** Returns the verb as a phrase that completes "Cannot …", such as "suspend tenant". */
export function actionOf(verb: EventVerb): string {
  return verb.replaceAll("-", " ");
}
