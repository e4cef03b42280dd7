// The entry for Node: `node src/node.js`, configured by the environment's variables.

import { createApp } from "./example/app.ts";
import { start } from "./runtime/node-server.ts";

await start(createApp);
