import { start } from "../../../src/runtime/node-server.ts";
import { createApp } from "./all.ts";

await start(createApp);
