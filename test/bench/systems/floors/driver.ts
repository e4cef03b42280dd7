// Bare postgres.js, and a loop of it: one message at a time on each connection, as Rowhouse has it.

import postgres from "postgres";
import { obey } from "./loop.ts";
import type { FormatMessage } from "./message.ts";
import { CONNECTIONS, databaseUrl } from "../setting.ts";

type Results = readonly (readonly { readonly value?: number }[])[];

/** Opens bare postgres.js. What it gives sends a message and resolves to the value in its last result. */
export function openDriver(): (message: string) => Promise<number | undefined> {
  const sql = postgres(databaseUrl, {
    max: CONNECTIONS,
    max_pipeline: 0,
    prepare: false,
    fetch_types: false,
    onnotice: () => {},
  } as postgres.Options<Record<string, never>>);
  return async (message) => {
    const results: unknown = await sql.unsafe(message).simple();
    return (results as Results).at(-1)?.[0]?.value;
  };
}

/** Sends messages in a loop. */
export function runDriver(message: FormatMessage): void {
  const ask = openDriver();
  obey((tenant, key) => ask(message(tenant, key)));
}
