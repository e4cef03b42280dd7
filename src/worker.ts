// The entry for Cloudflare Workers.

import { createApp } from "./example/app.ts";
import { createWorker, type Worker } from "./runtime/worker-server.ts";

const worker: Worker = createWorker(createApp);

export default worker;
