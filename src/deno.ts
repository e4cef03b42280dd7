// The entry for Deno: `deno serve src/deno.ts`. admin/development/runtime.ts has the flags of `npm run dev:deno`.

import { createApp } from "./example/app.ts";
import { type DenoHandler, start } from "./runtime/deno-server.ts";

const handler: DenoHandler = start(createApp);

export default handler;
