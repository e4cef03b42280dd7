// A loop of bare postgres.js: one message at a time on each connection, as Rowhouse has it.

import postgres from "postgres";
import { obey } from "./loop.ts";
import type { FormatMessage } from "./message.ts";
import { CONNECTIONS, databaseUrl } from "./setting.ts";

type Results = readonly (readonly { readonly value?: number }[])[];

/** Sends messages and checks the value in the last result of each. */
export function runDriver(message: FormatMessage): void {
  const sql = postgres(databaseUrl, {
    max: CONNECTIONS,
    max_pipeline: 0,
    prepare: false,
    fetch_types: false,
    onnotice: () => {},
  } as postgres.Options<Record<string, never>>);
  obey(async (tenant, key) => {
    const results: unknown = await sql.unsafe(message(tenant, key)).simple();
    return (results as Results).at(-1)?.[0]?.value;
  });
}
