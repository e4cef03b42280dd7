// The connections that are open, idle ones included. A connection whose state is in doubt is never used again. Those
// beyond the usual number are on loan: they close soon, so that other programs find a place.

import type { Deadline, Deadlines } from "./deadlines.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import { Pooler } from "./pooler.ts";
import { Room, type RoomOptions } from "./room.ts";

const IDLE_MS = 60_000;
const EXTRA_IDLE_MS = 1000;
// After a pooler has moved, every connection reaches its new address within this time.
const LIFETIME_MS = 1_800_000;
const EXTRA_LIFETIME_MS = 30_000;

/** A connection without work, and when it is closed. */
interface Idle<C> {
  readonly connection: C;
  readonly deadline: Deadline;
}

/** A bounded set of connections. */
export class OpenConnections<C extends PooledConnection> {
  /** What the connections show of the way to the database. */
  readonly pooler: Pooler<C>;
  readonly #room: Room<C>;
  readonly #open: () => C;
  readonly #deadlines: Deadlines;
  /** Every connection, and when it is too old. */
  readonly #all = new Map<C, number>();
  readonly #idle: Idle<C>[] = [];

  /**
   * @param open creates a connection
   * @param deadlines gets those of idle connections
   */
  constructor(options: RoomOptions, open: () => C, deadlines: Deadlines) {
    this.#room = new Room(options);
    this.pooler = new Pooler(options.usual);
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
    if (!this.#room.allows(open, () => this.pooler.isProved() && this.pooler.isFar())) {
      return undefined;
    }
    const opened = this.#open();
    const lifetimeMs = this.#room.isExtra(open + 1) ? EXTRA_LIFETIME_MS : LIFETIME_MS;
    this.#all.set(opened, performance.now() + lifetimeMs);
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

  /** Whether more connections would be of use if a transaction pooler were proved, and this one can tell. */
  canProve(connection: C): boolean {
    return connection.usable && this.#room.canGrow && this.pooler.wants(connection);
  }

  /** Closes every connection, each after its work, within `seconds`. */
  async end(seconds: number): Promise<void> {
    await Promise.all(Array.from(this.#all.keys(), (connection) => connection.end(seconds)));
  }

  #keep(connection: C): void {
    const idleMs = this.#room.isExtra(this.#all.size) ? EXTRA_IDLE_MS : IDLE_MS;
    const idle: Idle<C> = {
      connection,
      deadline: {
        at: performance.now() + idleMs,
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
    this.#room.closed(connection, this.#all.size);
    this.pooler.forget(connection);
    connection.discard();
  }
}
