// Whether the connection of a URL is encrypted, asked by way of the service's database on Node and Deno alike.

import { openDatabase } from "../../../src/database/open-database.ts";

const QUESTION = "select ssl from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()";

/** Returns "tls", "plain", or the code of what was thrown. */
export async function ask(url: string): Promise<string> {
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
