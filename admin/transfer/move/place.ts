// Names the two databases of a move, in the registry and for people, without their passwords.

import { commandFor } from "../../program/form.ts";
import { parseAddress } from "../../../src/database/wire/address.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { query, type Registry } from "../../registry/registry.ts";

/** Describes a database by host, port and name. */
export function describePlace(url: string): string {
  const { host, port, database } = parseAddress(url);
  return `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
}

/**
 * Refuses a target without a registry, or whose registry migrations differ from the source's.
 * @throws {AdminError} that names the target
 */
export async function checkRegistries(source: Registry, target: Registry): Promise<void> {
  const [ours, theirs] = [await readNames(source), await readNames(target)];
  if (ours === theirs) return;
  const place = describePlace(target.url);
  const problem =
    theirs === "" ? "it does not have a registry" : "its registry has another version";
  throw new AdminError(
    `Cannot move tenant to ${place}: ${problem}; run ${commandFor("init-db")} on both databases`,
  );
}

async function readNames({ withTransaction }: Registry): Promise<string> {
  return withTransaction(async (transaction) => {
    const [table] = await query<{ found: boolean }>(
      transaction,
      "select to_regclass('rowhouse.registry_migration') is not null as found",
    );
    if (!table?.found) return "";
    const rows = await query<{ name: string }>(
      transaction,
      `select name from rowhouse.registry_migration order by name collate "C"`,
    );
    return rows.map(({ name }) => name).join(" ");
  });
}
