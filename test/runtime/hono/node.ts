import { start } from "../../../src/runtime/node-server.ts";
import { createApp } from "./both.ts";

await start(createApp);
