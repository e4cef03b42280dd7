// All applications in one program: a runtime takes seconds to start.

import type { Parts, Tenancy } from "../../../src/index.ts";
import { createApp as createHono } from "./app.ts";
import { createApp as createLater } from "./later.ts";
import { createApp as createPlain } from "./plain.ts";

export function createApp(parts: Parts): Tenancy {
  const [hono, plain, later] = [createHono(parts), createPlain(parts), createLater(parts)];
  return {
    fetch(request, database, context) {
      const { pathname } = new URL(request.url);
      const tenancy = pathname === "/plain" ? plain : pathname === "/later" ? later : hono;
      return tenancy.fetch(request, database, context);
    },
    async drain() {
      await Promise.all([hono.drain(), plain.drain(), later.drain()]);
    },
  };
}
