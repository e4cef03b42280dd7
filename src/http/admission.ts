// Which requests are let in: as many as the service takes, of one host no more than its share, and none
// while it shuts down. Counted before anything is read or sent.

import { AppError } from "../errors.ts";
import type { Config } from "../config.ts";

/** One request, from its arrival to its answer. */
export interface Visit {
  /**
   * Lets the request in, or not. With a host, it is counted among those of this host from now on.
   * @throws {AppError} OVERLOADED; TENANT_BUSY when the host has too many
   */
  readonly admit: (host?: string) => void;
  /** The answer is there: others have its place. */
  end(): void;
}

/** The door of one service. */
export class Admission {
  readonly #max: number;
  readonly #maxOfHost: number;
  /** Hosts with requests at work: never more than requests. */
  readonly #hosts = new Map<string, number>();
  #inFlight = 0;
  #draining = false;
  #drained = (): void => {};

  constructor(config: Pick<Config, "MAX_IN_FLIGHT" | "TENANT_MAX_IN_FLIGHT">) {
    this.#max = config.MAX_IN_FLIGHT;
    this.#maxOfHost = config.TENANT_MAX_IN_FLIGHT;
  }

  /** A request has arrived; end the visit whatever becomes of it. */
  begin(): Visit {
    this.#inFlight += 1;
    let counted: string | undefined;
    return {
      admit: (host) => {
        this.#admit();
        if (host === undefined || counted !== undefined) return;
        const others = this.#hosts.get(host) ?? 0;
        if (others >= this.#maxOfHost) {
          throw new AppError(
            "TENANT_BUSY",
            "Cannot start: too many requests of this host are at work",
          );
        }
        this.#hosts.set(host, others + 1);
        counted = host;
      },
      end: () => {
        this.#inFlight -= 1;
        if (counted !== undefined) this.#leave(counted);
        if (this.#inFlight === 0) this.#drained();
      },
    };
  }

  /** From now on nobody is admitted. Resolves when no request is at work. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#inFlight === 0) resolve();
    });
  }

  #admit(): void {
    if (this.#draining) {
      throw new AppError("OVERLOADED", "Cannot start: the service is shutting down");
    }
    if (this.#inFlight > this.#max) {
      throw new AppError("OVERLOADED", "Cannot start: too many requests are at work");
    }
  }

  #leave(host: string): void {
    const others = (this.#hosts.get(host) ?? 1) - 1;
    if (others === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, others);
  }
}
