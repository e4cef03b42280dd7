// Checks of messages that a client sends before the previous answer, and of messages that arrive in part. Rowhouse
// does not send such messages; other clients of the same pool may.

import { type Check, entryOf, expectSame, insertOf } from "./check.ts";

const COUNT = 60;
const FIRST_KEY = 200;

const answered: Check = {
  name: "messages sent without a pause are answered in order, also before and after an error",
  async run(pool) {
    const expected: unknown[] = [];
    const messages = Array.from({ length: COUNT }, (_, index) => {
      const subject = pool.subjects[index % 2 === 0 ? 0 : 1];
      const bad = index % 5 === 4;
      expected.push(bad ? "22012" : String(subject.number * 1000 + 1));
      const statement = bad ? "select 1 / 0" : "select value from data where key = 1";
      return [...entryOf(subject), statement].join(";");
    });
    const seen = await pool.withClients(2, async ([one, other]) => {
      one?.send(...messages);
      other?.send(...messages);
      return Promise.all([one?.answers(COUNT), other?.answers(COUNT)]);
    });
    for (const answers of seen) {
      const values = answers?.map(({ rows, error }) => error ?? rows.at(-1)?.[0]);
      expectSame("answers", values, expected);
    }
    return `${2 * COUNT} messages of 2 clients`;
  },
};

const abandoned: Check = {
  name: "messages whose client has left take effect completely or not at all",
  async run(pool) {
    const [first] = pool.subjects;
    const pairs = Array.from({ length: COUNT }, (_, index) => FIRST_KEY + 2 * index);
    await pool.withClients(1, async ([client]) => {
      client?.send(
        ...pairs.map((key) =>
          [...entryOf(first), insertOf(first, key), insertOf(first, key + 1)].join(";"),
        ),
      );
      await client?.answers(1);
    });
    await pool.settle();
    const keys = new Set(await pool.takeKeys(first));
    const torn = pairs.filter((key) => keys.has(key) !== keys.has(key + 1));
    expectSame("messages that took effect in part", torn, []);
    expectSame("the answered message took effect", keys.has(FIRST_KEY), true);
    return `${keys.size / 2} of ${COUNT} messages took effect`;
  },
};

const cut: Check = {
  name: "a message that arrives in part does not take effect",
  async run(pool) {
    const [first] = pool.subjects;
    const message = [
      ...entryOf(first),
      insertOf(first, FIRST_KEY),
      insertOf(first, FIRST_KEY + 1),
    ].join(";");
    // Within the header, after it, within the text, and all but the last byte.
    const cuts = [3, 5, 5 + message.length / 2, 5 + message.length];
    await pool.withClients(cuts.length, async (clients) => {
      for (const [index, client] of clients.entries()) client.sendPart(message, cuts[index] ?? 0);
    });
    await pool.settle();
    expectSame("rows left behind", await pool.takeKeys(first), []);
    return `${cuts.length} messages`;
  },
};

/** The checks of pipelined and partial messages. */
export const PIPELINE_CHECKS: readonly Check[] = [answered, abandoned, cut];
