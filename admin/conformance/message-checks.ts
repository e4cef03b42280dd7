// Checks of messages of two tenants in turn, and of messages that fail: by an error, a timeout, a cancel or the end
// of their client, before and after each of their statements.

import { type Check, entryOf, expectSame, insertOf } from "./check.ts";
import { type Pool, SEEDED_KEYS, type Subject } from "./pool.ts";
import type { Answer, RawClient } from "./raw-client.ts";

const CLIENTS = 8;
const TURNS = 40;
const KEYS = [101, 102, 103] as const;
// Before "reset role", after it, after the entry, after each of the three statements.
const PLACES = [0, 1, 2, 3, 4, 5] as const;
// The service role's own timeout applies before the entry.
const FIRST_WITH_TENANTS_TIMEOUT = 2;
const TIMEOUT_MS = 50;

/** Sends a message for every place, one after the other, and returns their number. */
type Ending = (
  pool: Pool,
  clients: RawClient[],
  message: (place: number, bad: string) => string,
) => Promise<number>;

const interleaved: Check = {
  name: "two tenants in turn are kept apart",
  async run(pool) {
    await pool.withTenants(CLIENTS, async (tenants) => {
      const client = async (number: number): Promise<void> => {
        for (let turn = 0; turn < TURNS; turn += 1) {
          const index = (number + turn) % 2 === 0 ? 0 : 1;
          const key = 1 + ((number + turn) % SEEDED_KEYS);
          // Beside a table, Citus would run current_schema() on the node that has the table.
          const answer = await tenants[index].batch([
            tenants[index]`update data set value = value where key = ${key} returning value`,
            tenants[index]`select value from data where key = ${key}`,
            tenants[index]`select current_schema() as schema`,
          ]);
          const subject = pool.subjects[index];
          const value = subject.number * 1000 + key;
          expectSame("values", answer, [
            [{ value }],
            [{ value }],
            [{ schema: subject.schemaName }],
          ]);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    });
    return `${CLIENTS * TURNS} messages of ${CLIENTS} clients`;
  },
};

const broken: Check = ending("an error", async (_pool, [client], message) => {
  for (const place of PLACES) {
    const answer = await client?.ask(message(place, "select 1 / 0"));
    expectSame(`an error at place ${place}`, answer?.error, "22012");
  }
  return PLACES.length;
});

const late: Check = ending("a timeout", async (pool, [client], message) => {
  const limit = (ms: number): Promise<unknown> =>
    pool.sql(`update rowhouse.tenant set statement_timeout_ms = ${ms}
      where schema_name = '${pool.subjects[0].schemaName}'`);
  const places = PLACES.filter((place) => place >= FIRST_WITH_TENANTS_TIMEOUT);
  await limit(TIMEOUT_MS);
  await pool.withObstacle(async (obstacle) => {
    for (const place of places) {
      const answer = await client?.ask(message(place, obstacle.statement));
      expectSame(`a timeout at place ${place}`, answer?.error, "57014");
    }
  });
  await limit(10_000);
  return places.length;
});

// Not through the pooler: a client's cancel request ends PgBouncer 1.18 itself, and the service sends none.
// https://github.com/pgbouncer/pgbouncer/issues/822
const cancelledAnywhere: Check = ending("a cancel", async (pool, [client], message) => {
  await pool.withObstacle(async (obstacle) => {
    for (const place of PLACES) {
      client?.send(message(place, obstacle.statement));
      await obstacle.waiting(1);
      await obstacle.cancel();
      const [answer] = (await client?.answers(1)) ?? [];
      expectSame(`a cancel at place ${place}`, answer?.error, "57014");
    }
  });
  return PLACES.length;
});

const cancelled: Check = {
  ...cancelledAnywhere,
  run: async (pool) =>
    (await pool.mayCancel())
      ? cancelledAnywhere.run(pool)
      : "not tried, because the admin role may not cancel the service role's statements",
};

const abandoned: Check = ending("the end of its client", async (pool, clients, message) => {
  await pool.withObstacle(async (obstacle) => {
    for (const place of PLACES) {
      clients[place]?.send(message(place, obstacle.statement));
      await obstacle.waiting(1);
      await clients[place]?.destroy();
      // PostgreSQL checks only now and then whether a client has left.
      await obstacle.waiting(0);
    }
  });
  return PLACES.length;
});

/** A check with a failure at each place of a message, and another tenant's message after each failure. */
function ending(what: string, end: Ending): Check {
  return {
    name: `${what} at any place of a message undoes the whole message, and the next tenant's message is right`,
    async run(pool) {
      const [first, second] = pool.subjects;
      const statements = [...entryOf(first), ...KEYS.map((key) => insertOf(first, key))];
      const message = (place: number, bad: string): string =>
        statements.toSpliced(place, 0, bad).join(";");
      const count = await pool.withClients(PLACES.length + 1, async (clients) => {
        const neighbour = clients.pop();
        const number = await end(pool, clients, message);
        expectSame(
          "the next tenant's value",
          await readOf(second, neighbour),
          String(second.number * 1000 + 1),
        );
        return number;
      });
      expectSame("rows left behind", await pool.takeKeys(first), []);
      return `${count} messages`;
    },
  };
}

async function readOf(subject: Subject, client: RawClient | undefined): Promise<unknown> {
  const text = [...entryOf(subject), "select value from data where key = 1"].join(";");
  const answer: Answer | undefined = await client?.ask(text);
  return answer?.rows.at(-1)?.[0];
}

/** The checks of messages. */
export const MESSAGE_CHECKS: readonly Check[] = [interleaved, broken, late, cancelled, abandoned];
