// What stands between a request and the routes. A door lets it in by a token, another by a session.

import type { Exchange } from "../../src/http/exchange.ts";
import type { Scope } from "./tokens/scope.ts";
import type { Turns } from "./turns.ts";

/** Handles a request in the name of an actor. */
export type Handle = (exchange: Exchange, actor: string) => Promise<unknown>;

/** Makes the handler of a route from what it does, for those who have the scope. */
export type Guard = (scope: Scope, handle: Handle) => (exchange: Exchange) => Promise<unknown>;

/** A door to the routes. */
export interface Door {
  readonly guard: Guard;
  readonly turns: Turns;
  /** Turns an error of the admin library into the one that the client behind this door may read. */
  readonly explain: (error: unknown) => unknown;
}
