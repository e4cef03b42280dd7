// Both applications in one program: a runtime takes seconds to start.

import type { Parts, Tenancy } from "../../../src/index.ts";
import { createApp as createHono } from "./app.ts";
import { createApp as createPlain } from "./plain.ts";

export function createApp(parts: Parts): Tenancy {
  const [hono, plain] = [createHono(parts), createPlain(parts)];
  return {
    fetch(request, database) {
      const tenancy = request.url.endsWith("/plain") ? plain : hono;
      return tenancy.fetch(request, database);
    },
    async drain() {
      await Promise.all([hono.drain(), plain.drain()]);
    },
  };
}
