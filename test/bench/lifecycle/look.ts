// The floor of a run with nothing to do: Node starts, a bare client connects and asks one question.

import process from "node:process";
import pg from "pg";

const client = new pg.Client(process.env["ADMIN_DATABASE_URL"]);
await client.connect();
await client.query("select schema_name, version from rowhouse.tenant where version < $1", [2]);
await client.end();
