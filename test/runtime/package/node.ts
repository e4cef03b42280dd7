import { start } from "rowhouse/node";
import { createApp } from "./app.js";

await start(createApp);
