// Finds out whether a transaction pooler is between, and whether the way to it is long. Only then are more connections
// of use to the service, and cheap for the database. What is not proved counts as no.

// With 64 connections, a process is busy before the connections are all in use.
const FAR_MS = 8;
// The fastest message of this time tells the distance. The time is that of one window; two are kept.
const WINDOW_MS = 1000;
// A proof holds for this time. After as many questions as there are connections, the next ones wait for it.
const PROOF_MS = 600_000;
const REST_MS = 60_000;

/** The way to the database, as its connections of type `C` show it. */
export class Pooler<C> {
  /** The connection that met each server process. */
  readonly #met = new Map<string, C>();
  readonly #asked = new Set<C>();
  readonly #questions: number;
  #provedUntil = 0;
  #askAgainAt = 0;
  #fastestMs = Infinity;
  #fastestBeforeMs = Infinity;
  #windowEnd = 0;

  /** @param questions the most connections that are asked for their server process before a rest */
  constructor(questions: number) {
    this.#questions = questions;
  }

  /** Counts a message that was answered after `ms`. */
  took(ms: number, now: number): void {
    if (now >= this.#windowEnd) {
      this.#fastestBeforeMs = this.#fastestMs;
      this.#fastestMs = Infinity;
      this.#windowEnd = now + WINDOW_MS;
    }
    if (ms < this.#fastestMs) this.#fastestMs = ms;
  }

  /** Whether even the fastest message of the last time went a long way. */
  isFar(): boolean {
    const fastestMs = Math.min(this.#fastestMs, this.#fastestBeforeMs);
    return this.#fastestBeforeMs < Infinity && fastestMs >= FAR_MS;
  }

  /** Whether a transaction pooler is proved. */
  isProved(): boolean {
    return performance.now() < this.#provedUntil;
  }

  /** Whether a connection should be asked for its server process. */
  wants(connection: C): boolean {
    if (this.#asked.has(connection) || !this.isFar() || this.isProved()) return false;
    return performance.now() >= this.#askAgainAt;
  }

  /** Counts a question to a connection. */
  asks(connection: C): void {
    this.#asked.add(connection);
  }

  /**
   * Takes the answer. PostgreSQL has a process for each connection. Two connections that are open and met the same
   * process have a transaction pooler between.
   */
  meets(connection: C, serverProcess: string): void {
    const other = this.#met.get(serverProcess);
    this.#met.set(serverProcess, connection);
    const now = performance.now();
    if (other !== undefined && other !== connection) this.#provedUntil = now + PROOF_MS;
    else if (this.#asked.size < this.#questions) return;
    else this.#askAgainAt = now + REST_MS;
    this.#asked.clear();
    this.#met.clear();
  }

  /** Forgets a connection that was closed: its process may serve another one now. */
  forget(connection: C): void {
    this.#asked.delete(connection);
    for (const [serverProcess, one] of this.#met) {
      if (one === connection) this.#met.delete(serverProcess);
    }
  }
}
