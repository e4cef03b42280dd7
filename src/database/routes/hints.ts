// Remembers the database of each name that a registry has sent elsewhere. A hint decides which database is asked first,
// and nothing more: that database's own entry decides whether it has the tenant. Only an entry that succeeded makes a
// hint, so clients cannot fill this with names that no registry has.

const MAX_HINTS = 10_000;

/** The databases of names by the entry with that name alone, in the order of their last use. */
export class Hints {
  readonly #databases = new Map<string, string>();

  find(entry: string): string | undefined {
    const database = this.#databases.get(entry);
    if (database !== undefined) this.learn(entry, database);
    return database;
  }

  learn(entry: string, database: string): void {
    this.#databases.delete(entry);
    this.#databases.set(entry, database);
    if (this.#databases.size <= MAX_HINTS) return;
    for (const oldest of this.#databases.keys()) return this.forget(oldest);
  }

  forget(entry: string): void {
    this.#databases.delete(entry);
  }
}
