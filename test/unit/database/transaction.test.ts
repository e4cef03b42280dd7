// A transaction's own messages: what is sent, in which order, and that nothing is sent on a connection in doubt.

import { expect } from "chai";
import { messageText, type Statement } from "../../../src/database/message.ts";
import {
  type Line,
  type Reply,
  runTransaction,
  type Scope,
} from "../../../src/database/transaction.ts";
import type { TransactionMode } from "../../../src/database/transaction-mode.ts";
import { withCount } from "../../../src/database/values/rows.ts";
import { AppError } from "../../../src/errors.ts";
import { rejection } from "../../support/rejection.ts";

/** A connection that records what is sent, fails where it is told to, and may be lost then. */
class FakeLine implements Line {
  readonly sent: string[] = [];
  readonly #failures: ReadonlyMap<string, { error: Error; lost: boolean }>;
  #usable = true;

  constructor(failures: Record<string, { error: Error; lost: boolean }> = {}) {
    this.#failures = new Map(Object.entries(failures));
  }

  async send(statements: readonly Statement[]): Promise<Reply> {
    const text = messageText({ statements });
    this.sent.push(text);
    if (!this.#usable) throw new Error("Sent on a connection in doubt");
    const failure = this.#failures.get(text);
    if (failure?.lost) this.#usable = false;
    if (failure !== undefined) throw failure.error;
    const results = [[], [{ enter_tenant: "acme" }]].map((rows) => withCount(rows, {}));
    return { results, command: text.toUpperCase() };
  }

  isUsable(): boolean {
    return this.#usable;
  }
}

const failed = Object.assign(new Error("a"), { code: "23505" });
const LOST = new AppError("DATABASE_UNAVAILABLE", "Cannot reach the database: lost", {
  outcome: "unknown",
});

describe("runTransaction()", () => {
  const run = <T>(line: Line, work: (scope: Scope) => Promise<T>): Promise<T> =>
    runTransaction(line, "enter", work);

  it("runTransaction() sends BEGIN with the entry, the statements, and COMMIT", async () => {
    const line = new FakeLine();
    const value = await runTransaction(line, "enter", async (scope, entered) => {
      await scope.send(["one", "two"]);
      return entered;
    });
    expect(value).to.deep.equal({ enter_tenant: "acme" });
    expect(line.sent).to.deep.equal(["begin;enter", "one;two", "commit"]);
  });

  it("runTransaction() puts the mode into BEGIN, and refuses one that PostgreSQL does not have", async () => {
    const begun = async (mode: TransactionMode): Promise<string | undefined> => {
      const line = new FakeLine();
      await runTransaction(line, "enter", async () => {}, mode);
      return line.sent[0];
    };
    expect(
      await begun({ isolationLevel: "serializable", accessMode: "read only", deferrable: true }),
    ).to.equal("begin isolation level serializable read only deferrable;enter");
    expect(await begun({ accessMode: "read write", deferrable: false })).to.equal(
      "begin read write not deferrable;enter",
    );
    for (const mode of [{ isolationLevel: "read; commit" }, { accessMode: "" }]) {
      const line = new FakeLine();
      const work = runTransaction(line, "enter", async () => {}, mode as TransactionMode);
      expect(await rejection(work)).to.be.instanceOf(TypeError);
      expect(line.sent).to.deep.equal([]);
    }
  });

  it("runTransaction() undoes everything when a statement failed, though its error was caught", async () => {
    const line = new FakeLine({ one: { error: failed, lost: false } });
    const work = run(line, async (scope) => {
      await scope.send(["one"]).catch(() => {});
      return "fine";
    });
    expect(await rejection(work)).to.equal(failed);
    expect(line.sent).to.deep.equal(["begin;enter", "one", "rollback"]);
  });

  it("runTransaction() passes on what the work throws, before the error of a statement", async () => {
    const line = new FakeLine({ one: { error: failed, lost: false } });
    const own = new Error("own");
    const work = run(line, async (scope) => {
      await scope.send(["one"]).catch(() => {});
      throw own;
    });
    expect(await rejection(work)).to.equal(own);
  });

  it("runTransaction() waits for what nobody awaited before it ends", async () => {
    const line = new FakeLine({ late: { error: failed, lost: false } });
    const work = run(line, async (scope) => {
      void scope.send(["late"]).catch(() => {});
    });
    expect(await rejection(work)).to.equal(failed);
    expect(line.sent.at(-1)).to.equal("rollback");
  });

  it("runTransaction() keeps what a savepoint did not undo", async () => {
    const line = new FakeLine({ bad: { error: failed, lost: false } });
    await run(line, async (scope) => {
      await scope.savepoint((inner) => inner.send(["bad"])).catch(() => {});
      await scope.savepoint((inner) => inner.send(["good"]));
    });
    expect(line.sent).to.deep.equal([
      "begin;enter",
      "savepoint rowhouse_1",
      "bad",
      "rollback to savepoint rowhouse_1;release savepoint rowhouse_1",
      "savepoint rowhouse_2",
      "good",
      "commit",
    ]);
  });

  it("runTransaction() commits nothing when a COMMIT is answered with ROLLBACK", async () => {
    const line = new FakeLine();
    line.send = ([text]) =>
      Promise.resolve({ results: [], command: text === "commit" ? "ROLLBACK" : "" });
    const error = await rejection(run(line, async () => "fine"));
    expect(error.message).to.equal("Cannot commit: the transaction was undone");
  });

  for (const [at, unknown] of [
    ["begin;enter", undefined],
    ["one", undefined],
    ["savepoint rowhouse_1", undefined],
    ["two", undefined],
    ["commit", "unknown"],
  ] as const) {
    it(`runTransaction() sends nothing after the connection was lost at "${at}"`, async () => {
      const line = new FakeLine({ [at]: { error: LOST, lost: true } });
      const work = run(line, async (scope) => {
        await scope.send(["one"]).catch(() => {});
        await scope.savepoint((inner) => inner.send(["two"])).catch(() => {});
        return "fine";
      });
      expect(await rejection(work)).to.include({
        code: "DATABASE_UNAVAILABLE",
        outcome: unknown,
      });
      expect(line.sent.at(-1)).to.equal(at);
    });
  }

  it("scope.send() and scope.savepoint() send nothing once the transaction has ended", async () => {
    const line = new FakeLine();
    let kept: Scope | undefined;
    let inner: Scope | undefined;
    await run(line, async (scope) => {
      kept = scope;
      await scope.savepoint(async (under) => void (inner = under));
      expect((await rejection(inner?.send(["late"]) as Promise<unknown>)).message).to.match(
        /has ended$/,
      );
    });
    const sent = [...line.sent];
    for (const late of [
      kept?.send(["late"]),
      kept?.savepoint(async () => {}),
      inner?.send(["late"]),
    ]) {
      expect((await rejection(late as Promise<unknown>)).message).to.match(/has ended$/);
    }
    expect(line.sent).to.deep.equal(sent);
  });
});
