// The connections that are open, idle ones included. A connection whose state is in doubt is never used again.

import type { Deadline, Deadlines } from "./deadlines.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { Room } from "./room.ts";

const IDLE_MS = 60_000;
// After a pooler has moved, every connection reaches its new address within this time.
const LIFETIME_MS = 1_800_000;

/** A connection without work, and when it is closed. */
interface Idle<C> {
  readonly connection: C;
  readonly deadline: Deadline;
}

/** A bounded set of connections. */
export class OpenConnections<C extends PooledConnection> {
  readonly #room: Room<C>;
  readonly #open: () => C;
  readonly #deadlines: Deadlines;
  /** Every connection, and when it is too old. */
  readonly #all = new Map<C, number>();
  readonly #idle: Idle<C>[] = [];

  /**
   * @param max the most connections
   * @param open creates a connection
   * @param deadlines gets those of idle connections
   */
  constructor(max: number, open: () => C, deadlines: Deadlines) {
    this.#room = new Room(max);
    this.#open = open;
    this.#deadlines = deadlines;
  }

  /** The connections with and without work, and how many may be open. */
  counts(): { readonly used: number; readonly idle: number; readonly max: number } {
    const idle = this.#idle.length;
    return { used: this.#all.size - idle, idle, max: this.#room.limit };
  }

  /** Takes the idle connection that was used last, so that unneeded ones stay idle and close; else opens one. */
  take(): C | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      this.#deadlines.delete(idle.deadline);
      return idle.connection;
    }
    const open = this.#all.size;
    if (!this.#room.allows(open)) return undefined;
    const opened = this.#open();
    this.#all.set(opened, performance.now() + LIFETIME_MS);
    this.#room.opened(opened, open + 1);
    return opened;
  }

  /** Takes back a connection whose work has ended: keeps it, or closes it. */
  release(connection: C): void {
    if (connection.usable) this.#room.answered(connection);
    const isOld = performance.now() >= (this.#all.get(connection) ?? 0);
    if (!connection.usable || isOld || this.#room.isOver(this.#all.size)) this.#discard(connection);
    else this.#keep(connection);
  }

  /**
   * Lowers the limit, because the server refused a connection.
   * @returns whether others are open
   */
  refused(connection: C): boolean {
    const others = this.#all.size - 1;
    this.#room.refused(connection, others);
    return others > 0;
  }

  /** Closes every connection, each after its work, within `seconds`. */
  async end(seconds: number): Promise<void> {
    await Promise.all(Array.from(this.#all.keys(), (connection) => connection.end(seconds)));
  }

  #keep(connection: C): void {
    const idle: Idle<C> = {
      connection,
      deadline: {
        at: performance.now() + IDLE_MS,
        pass: () => {
          this.#idle.splice(this.#idle.indexOf(idle), 1);
          this.#discard(connection);
        },
      },
    };
    this.#deadlines.add(idle.deadline);
    this.#idle.push(idle);
  }

  #discard(connection: C): void {
    this.#all.delete(connection);
    this.#room.closed(connection);
    connection.discard();
  }
}
