// Checks of transactions of several messages: savepoints, an error that the application swallows, and a client that
// leaves in the middle.

import { type Check, entryOf, expectSame, insertOf } from "./check.ts";

const savepoints: Check = {
  name: "a transaction with savepoints keeps the rows that it did not undo, beside another tenant's transaction",
  async run(pool) {
    await pool.withTenants(2, async (tenants) => {
      const work = (index: 0 | 1): Promise<void> =>
        tenants[index].begin(async (tx) => {
          const { number } = pool.subjects[index];
          const insert = (key: number) =>
            tx`insert into data (key, value) values (${key}, ${number * 1000 + key}) returning key`;
          await insert(301);
          const undone = await tx
            .savepoint(async (inner) => {
              await inner`insert into data (key, value) values (302, 0) returning key`;
              await inner`select 1 / 0`;
            })
            .catch((error: unknown) => error);
          expectSame(
            "the error that undid the savepoint",
            Reflect.get(Object(undone), "code"),
            "22012",
          );
          await tx.savepoint(async (inner) => {
            await inner`insert into data (key, value) values (303, ${number * 1000 + 303}) returning key`;
          });
        });
      // On a pool of one the second waits until the first has ended.
      await Promise.all([work(0), work(1)]);
    });
    for (const subject of pool.subjects) {
      expectSame("the rows", await pool.takeKeys(subject), [301, 303]);
    }
    return "2 transactions with 2 savepoints each";
  },
};

const swallowed: Check = {
  name: "a transaction whose error the application swallows is undone",
  async run(pool) {
    const failure = await pool.withTenants(1, async ([tenant]) =>
      tenant
        .begin(async (tx) => {
          await tx`insert into data (key, value) values (311, 0) returning key`;
          await tx`select 1 / 0`.then(undefined, () => {});
        })
        .then(
          () => undefined,
          (error: unknown) => Reflect.get(Object(error), "code") as unknown,
        ),
    );
    expectSame("the error of the transaction", failure, "22012");
    expectSame("rows left behind", await pool.takeKeys(pool.subjects[0]), []);
    return "1 transaction";
  },
};

const abandoned: Check = {
  name: "a transaction whose client leaves in the middle is undone, and does not block other messages",
  async run(pool) {
    const [first] = pool.subjects;
    const entry = entryOf(first).join(";");
    const beginnings: readonly (readonly string[])[] = [
      ["begin"],
      ["begin", entry],
      ["begin", entry, insertOf(first, 321)],
      ["begin", entry, insertOf(first, 322), "savepoint a", insertOf(first, 323)],
      ["begin", entry, insertOf(first, 324), "savepoint a", "select 1 / 0"],
      ["begin", entry, insertOf(first, 325), "select 1 / 0"],
      // The next transaction of this tenant could wait for this row; another tenant's cannot.
      ["begin", entry, "select from data where key = 1 for update"],
    ];
    for (const messages of beginnings) {
      await pool.withClients(1, async ([client]) => {
        for (const message of messages) await client?.ask(message);
      });
      const value = await pool.withTenants(1, async ([tenant]) => {
        const [row] = await tenant<{ value: number }>`
          update data set value = value where key = 1 returning value`;
        return row?.value;
      });
      expectSame("the value afterwards", value, first.number * 1000 + 1);
    }
    expectSame("rows left behind", await pool.takeKeys(first), []);
    return `${beginnings.length} transactions`;
  },
};

/** The checks of transactions. */
export const TRANSACTION_CHECKS: readonly Check[] = [savepoints, swallowed, abandoned];
