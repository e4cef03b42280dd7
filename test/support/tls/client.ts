// A program for Node and Deno alike: asks PostgreSQL, by way of the service's database, whether the connection of
// each URL is encrypted. Prints a JSON array of "tls", "plain", or the code of what was thrown.

import process from "node:process";
import { openDatabase } from "../../../src/database/database.ts";

const QUESTION = "select ssl from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()";

async function ask(url: string): Promise<string> {
  const database = openDatabase({ url });
  try {
    const {
      results: [rows],
    } = await database.send({ statements: [QUESTION] });
    return rows?.[0]?.["ssl"] === true ? "tls" : "plain";
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } };
    return String(cause?.code ?? code);
  } finally {
    await database.close(1);
  }
}

process.stdout.write(JSON.stringify(await Promise.all(process.argv.slice(2).map(ask))));
