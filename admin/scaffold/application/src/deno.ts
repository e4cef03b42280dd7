// deno serve --allow-net --allow-env src/deno.ts: the service on Deno.
import { start } from "rowhouse/deno";
import { createApp } from "./app.ts";

export default start(createApp);
