// A program for Node and Deno alike: reads values as a handler gets them and as a client does, writes them back,
// and prints as JSON what came of it. Its time zone is that of TZ.

import process from "node:process";
import { openDatabase } from "../../../src/database/open-database.ts";
import { parseHost } from "../../../src/host.ts";
import { createTenancy } from "../../../src/http/tenancy.ts";
import { withTenant } from "../../../src/http/with-tenant.ts";
import type { TenantExchange } from "../../../src/http/exchange.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";

const [url = "", host = ""] = process.argv.slice(2);

/** A value as text that keeps its kind. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  if (value instanceof Uint8Array) return `bytes ${Array.from(value).join(" ")}`;
  if (typeof value === "object" && value !== null) return `object ${JSON.stringify(value)}`;
  return `${value === null ? "" : `${typeof value} `}${String(value)}`;
}

async function read(tenant: Tenant): Promise<Record<string, string>> {
  const [row = {}] = await tenant`select * from sample`;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, show(value)]));
}

/** Whether each value, written back as a handler has it, is what it was. */
async function writeBack(tenant: Tenant): Promise<Record<string, unknown>> {
  const [row] = await tenant<{ at: Date; plain: Date; day: Date; times: Date[]; text: string }>`
    select stamp as at, plain, day, stamps as times, words::text as text from sample`;
  if (row === undefined) return {};
  const [same = {}] = await tenant`
    select stamp = ${row.at} as stamp, plain = ${row.plain} as plain, day = ${row.day} as day,
      stamps = ${row.times} as stamps from sample`;
  return same;
}

const database = openDatabase({ url });
const tenant = createTenant(database, parseHost(host));
const handler = async (exchange: TenantExchange): Promise<unknown> => {
  withTenant(exchange);
  return (await exchange.tenant`select * from sample`)[0];
};
const tenancy = createTenancy({
  router: { routes: [], fetch: (exchange) => handler(exchange as TenantExchange) },
});
const request = new Request("http://localhost/", { headers: { host } });
const response = await tenancy.fetch(request, database);
process.stdout.write(
  JSON.stringify({
    read: await read(tenant),
    same: await writeBack(tenant),
    client: await response.json(),
  }),
);
await database.close(1);
