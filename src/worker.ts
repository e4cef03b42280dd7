// The entry for Cloudflare Workers.

import { createApp } from "./example/app.ts";
import { start, type Worker } from "./runtime/worker-server.ts";

const worker: Worker = start(createApp);

export default worker;
