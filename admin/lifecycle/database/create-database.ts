// Creates the database, through a connection to the server's database "postgres".

import { parseAddress } from "../../../src/database/wire/address.ts";
import { refuseCreation } from "../../citus/coordinator.ts";
import { quoteName } from "../../../src/sql/quote-name.ts";
import { databaseCode } from "../../registry/database-code.ts";
import { readRows, withRegistry } from "../../registry/registry.ts";

const DUPLICATE_DATABASE = "42P04";

/**
 * Creates the database that `url` names, unless it exists.
 * @returns whether this call created it
 * @throws {AdminError} on a server that has loaded Citus, where every node needs the database
 */
export async function createDatabase(url: string): Promise<boolean> {
  const { database: name } = parseAddress(url);
  const server = new URL(url.trim());
  server.pathname = "/postgres";
  return withRegistry(server.href, async (registry) => {
    await refuseCreation(registry, name);
    try {
      await readRows(registry, `create database ${quoteName(name)}`);
      return true;
    } catch (error) {
      if (databaseCode(error) === DUPLICATE_DATABASE) return false;
      throw error;
    }
  });
}
