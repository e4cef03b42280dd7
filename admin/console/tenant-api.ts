// The routes of the admin API behind the console's door: the session instead of a token, and the jobs' turns. A request
// that comes here has passed the door.

import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApi } from "../api/api.ts";
import { createClosing } from "../api/closing.ts";
import type { Console } from "./console.ts";
import { toConsoleError } from "./door/problem.ts";

/** Answers a request to one of the API's routes. */
export type TenantApi = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Whether a path is one of the API's. */
export function isOfTenantApi(path: string): boolean {
  return /^\/tenants(?:\/|$)/.test(path);
}

/** Makes the routes. The registry has the actor of the session already. */
export function createTenantApi({ admin, jobs, note }: Console): TenantApi {
  const api = createApi({
    adminOf: () => admin,
    door: {
      guard: (_, handle) => (exchange) => handle(exchange, "console"),
      turns: jobs,
      explain: (error) => toConsoleError(error, note),
    },
  });
  // The registry is closed by its owner.
  const database = createClosing(() => Promise.resolve());
  return getRequestListener((request) => api.fetch(request, database), {
    overrideGlobalObjects: false,
  });
}
