// Bounds the messages and transactions that are in progress at each database, so that those of a database that does not
// answer leave places to the others. Each database may take a multiple of the places that are free: one busy database
// gets most of them, and several of them always leave some.

import { overloaded } from "../pool/waiting-line.ts";

// One busy database takes at most 3/4 of all places, two together 6/7.
const PART_OF_FREE = 3;
// One silent database takes at most 1/4 of all places, two together 2/5.
const PART_OF_SILENT = 1 / 3;
// A database is silent when nothing has come from it for this long although it was asked.
const SILENT_MS = 2000;

interface Use {
  taken: number;
  /** When it was first asked since its last answer. */
  askedAt: number | undefined;
}

/** The places of all databases. */
export class Places {
  readonly #max: number;
  readonly #uses = new Map<string, Use>();
  #taken = 0;

  /** @param max the number of places */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Runs a piece of work in a place of the database.
   * @param work calls `answered` when something has come from the database
   * @throws {AppError} OVERLOADED before `work` runs, when the database has its part of the places
   */
  async run<T>(database: string, work: (answered: () => void) => Promise<T>): Promise<T> {
    const use = this.#useOf(database);
    const free = this.#max - this.#taken;
    if (use.taken >= Math.max(1, Math.floor(free * partOf(use)))) {
      throw overloaded("too many messages to the tenant's database are in progress");
    }
    use.askedAt ??= performance.now();
    use.taken += 1;
    this.#taken += 1;
    try {
      return await work(() => {
        use.askedAt = undefined;
      });
    } finally {
      use.taken -= 1;
      this.#taken -= 1;
    }
  }

  #useOf(database: string): Use {
    const found = this.#uses.get(database);
    if (found !== undefined) return found;
    const use = { taken: 0, askedAt: undefined };
    this.#uses.set(database, use);
    return use;
  }
}

function partOf({ askedAt }: Use): number {
  const isSilent = askedAt !== undefined && performance.now() - askedAt > SILENT_MS;
  return isSilent ? PART_OF_SILENT : PART_OF_FREE;
}
