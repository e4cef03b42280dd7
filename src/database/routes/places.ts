// Bounds the requests that are in progress at each database, so that those of a database that does not answer leave
// places to the others. Each database may take a part of the places that the others leave: one busy database gets most
// of them, and several of them always leave some. Within a database, one tenant leaves places to the others, too.

import { type Claim, overloaded } from "../pool/waiting-line.ts";

// One busy database takes at most 3/4 of all places, two together 15/16.
const PART_OF_BUSY = 3 / 4;
// One silent database takes at most 1/4 of all places, two together 7/16.
const PART_OF_SILENT = 1 / 4;
// A database is silent when nothing has come from it for this long although it was asked.
const SILENT_MS = 2000;
// One tenant takes at most this part of the places of its database.
const PART_OF_ONE = 1 / 2;

/** One place, which all the work of a request shares. */
interface Place {
  readonly owner: string | undefined;
  works: number;
}

interface Use {
  taken: number;
  /** When it was first asked since its last answer. */
  askedAt: number | undefined;
  /** The places of each owner. */
  readonly owners: Map<string | undefined, number>;
  /** The places of requests, by their signals. */
  readonly requests: WeakMap<AbortSignal, Place>;
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
   * Runs a piece of work in a place of the database. What one request does at the same time shares a place, and waits
   * in the line of the database's connections, as it does where there is one database.
   * @param claim the owner, and the signal by which a request is known
   * @param work calls `answered` when something has come from the database
   * @throws {AppError} OVERLOADED before `work` runs, when the database or the owner has its part of the places
   */
  async run<T>(
    database: string,
    { owner, signal }: Claim,
    work: (answered: () => void) => Promise<T>,
  ): Promise<T> {
    const use = this.#useOf(database);
    const shared = signal ? use.requests.get(signal) : undefined;
    const place = shared ?? this.#take(use, owner?.key);
    if (signal) use.requests.set(signal, place);
    use.askedAt ??= performance.now();
    place.works += 1;
    try {
      return await work(() => {
        use.askedAt = undefined;
      });
    } finally {
      place.works -= 1;
      if (place.works === 0) {
        if (signal) use.requests.delete(signal);
        this.#count(use, place.owner, -1);
      }
    }
  }

  #take(use: Use, owner: string | undefined): Place {
    const left = this.#max - this.#taken + use.taken;
    const most = Math.max(1, Math.floor(left * partOf(use)));
    const isOwnerFull = owner !== undefined && (use.owners.get(owner) ?? 0) >= most * PART_OF_ONE;
    if (use.taken >= most || isOwnerFull) {
      throw overloaded("too many requests to the tenant's database are in progress");
    }
    this.#count(use, owner, 1);
    return { owner, works: 0 };
  }

  #count(use: Use, owner: string | undefined, change: 1 | -1): void {
    use.taken += change;
    this.#taken += change;
    const count = (use.owners.get(owner) ?? 0) + change;
    if (count === 0) use.owners.delete(owner);
    else use.owners.set(owner, count);
  }

  #useOf(database: string): Use {
    const found = this.#uses.get(database);
    if (found !== undefined) return found;
    const use = { taken: 0, askedAt: undefined, owners: new Map(), requests: new WeakMap() };
    this.#uses.set(database, use);
    return use;
  }
}

function partOf({ askedAt }: Use): number {
  const isSilent = askedAt !== undefined && performance.now() - askedAt > SILENT_MS;
  return isSilent ? PART_OF_SILENT : PART_OF_BUSY;
}
