// npm start: the service on Node.
import { start } from "rowhouse/node";
import { createApp } from "./app.ts";

await start(createApp);
