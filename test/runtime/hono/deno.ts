import { start, type DenoHandler } from "../../../src/runtime/deno-server.ts";
import { createApp } from "./all.ts";

const entry: DenoHandler = start(createApp);

export default entry;
