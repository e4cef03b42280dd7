// Checks of a pool whose server connections are all taken: clients wait in the pooler, or leave while they wait.

import { setTimeout } from "node:timers/promises";
import { type Check, entryOf, expectSame, insertOf } from "./check.ts";
import type { Pool } from "./pool.ts";
import { RawClient } from "./raw-client.ts";

const MOST_HELD = 20;
// A begin that takes longer waits for a server connection.
const TURN_MS = 500;
const WAITERS = 12;
const FIRST_KEY = 400;

const full: Check = {
  name: "messages that wait for a server connection are answered once one is free, even if other clients leave first",
  run: (pool) =>
    pool.withClients(WAITERS + 1, async (clients) => {
      const messages = clients.map((_, index) => {
        const subject = pool.subjects[index % 2 === 0 ? 0 : 1];
        return [...entryOf(subject), insertOf(subject, FIRST_KEY + index)].join(";");
      });
      const holders = await holdAll(pool);
      try {
        for (const [index, client] of clients.entries()) client.send(messages[index] ?? "");
        await clients.shift()?.destroy();
        for (const holder of holders) await holder.ask("rollback");
      } finally {
        await Promise.all(holders.map((holder) => holder.destroy()));
      }
      const answers = await Promise.all(clients.map((client) => client.answers(1)));
      const keys = answers.map(([answer]) => answer?.error ?? answer?.rows.at(-1)?.[0]);
      const wanted = clients.map((_, index) => String(FIRST_KEY + 1 + index));
      expectSame("answers", keys, wanted);
      await pool.settle();
      for (const subject of pool.subjects) await pool.takeKeys(subject);
      return `${WAITERS} clients waited behind ${holders.length} that held every server connection`;
    }),
};

/** Begins transactions until one has to wait, gives that one up, and returns the others. */
async function holdAll(pool: Pool): Promise<readonly RawClient[]> {
  const holders: RawClient[] = [];
  while (holders.length < MOST_HELD) {
    const client = await RawClient.open(pool.url);
    const begun = client.ask("begin");
    begun.catch(() => {});
    if ((await Promise.race([begun, setTimeout(TURN_MS)])) === undefined) {
      await client.destroy();
      break;
    }
    holders.push(client);
  }
  return holders;
}

/** The checks of a full pool. */
export const FULL_CHECKS: readonly Check[] = [full];
