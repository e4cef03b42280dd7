// The events of all databases. A tenant's events stay in the database where they happened.

import { type EventFilter, readEvents, type StoredEvent } from "../events/read-events.ts";
import type { Registry } from "../registry/registry.ts";
import { databaseNames, findDatabase } from "./find.ts";

/** Reads the events of all databases, the newest first. */
export async function readAllEvents(
  home: Registry,
  filter: EventFilter,
): Promise<readonly StoredEvent[]> {
  const lists = await Promise.all(
    databaseNames(home).map(async (name) => readEvents(await findDatabase(home, name), filter)),
  );
  const [first = []] = lists;
  if (lists.length === 1) return first;
  return lists
    .flat()
    .toSorted((one, other) => other.at.getTime() - one.at.getTime())
    .slice(0, filter.limit);
}
