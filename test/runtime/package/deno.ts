import { start } from "rowhouse/deno";
import { createApp } from "./app.ts";

export default start(createApp);
