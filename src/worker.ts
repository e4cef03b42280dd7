// The entry for Cloudflare Workers.

import { createApp } from "./app.ts";
import { createWorker, type Worker } from "./worker-server.ts";

const worker: Worker = createWorker(createApp);

export default worker;
