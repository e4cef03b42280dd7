// A transaction that its user ends by a call. The tenant's own transaction ends when its work does, so here the work
// is a promise that the call settles.

import type { Transaction } from "../../tenant.ts";

type Run = (work: (tx: Transaction) => Promise<void>) => Promise<void>;

/** Thrown in the work to undo it. */
const UNDONE = new Error("Cannot keep: the transaction is rolled back");

/** One transaction or savepoint that is open. */
interface Level {
  /** The name of a savepoint; "" for the transaction itself. */
  readonly name: string;
  readonly tx: Transaction;
  /** Ends it; resolves when the database has ended it. */
  end(keep: boolean): Promise<void>;
}

/** A transaction and its open savepoints, the innermost last. */
export class OpenTransaction {
  readonly #levels: Level[] = [];

  private constructor(level: Level) {
    this.#levels.push(level);
  }

  /** @param run runs the work of a transaction; rejects as `tenant.begin` does when it does not begin */
  static async open(run: Run): Promise<OpenTransaction> {
    return new OpenTransaction(await openLevel("", run));
  }

  /** The tag for the next statement. */
  get innermost(): Transaction {
    const level = this.#levels.at(-1);
    if (level === undefined) throw new Error("Cannot send: the transaction has ended");
    return level.tx;
  }

  /** Commits it with its savepoints. */
  async commit(): Promise<void> {
    await this.#end(0, true);
  }

  /** Undoes it; does nothing when it has ended. */
  async rollback(): Promise<void> {
    await this.#end(0, false);
  }

  async savepoint(name: string): Promise<void> {
    const { innermost } = this;
    this.#levels.push(await openLevel(name, (work) => innermost.savepoint(work)));
  }

  /** Undoes what followed a savepoint, which stays open. */
  async rollbackTo(name: string): Promise<void> {
    await this.#end(this.#find(name), false);
    await this.savepoint(name);
  }

  /** Ends a savepoint and keeps its statements. */
  async release(name: string): Promise<void> {
    await this.#end(this.#find(name), true);
  }

  #find(name: string): number {
    const at = this.#levels.findLastIndex((level) => level.name === name);
    if (at > 0) return at;
    throw new Error(`Cannot find savepoint: the transaction does not have an open one "${name}"`);
  }

  /** Ends the levels from one on, the innermost first. When one fails to keep its statements, the rest are undone. */
  async #end(from: number, keep: boolean): Promise<void> {
    let kept = keep;
    let failure: { readonly error: unknown } | undefined;
    for (const level of this.#levels.splice(from).toReversed()) {
      try {
        await level.end(kept);
      } catch (error) {
        failure ??= { error };
        kept = false;
      }
    }
    if (failure !== undefined) throw failure.error;
  }
}

function openLevel(name: string, run: Run): Promise<Level> {
  return new Promise((resolve, reject) => {
    const ended = run(
      (tx) =>
        new Promise((keep, undo) => {
          resolve({
            name,
            tx,
            async end(isKept) {
              if (isKept) keep();
              else undo(UNDONE);
              await ended.catch((error: unknown) => {
                if (error !== UNDONE) throw error;
              });
            },
          });
        }),
    );
    ended.catch(reject);
  });
}
