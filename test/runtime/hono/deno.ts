import { start, type DenoHandler } from "../../../src/runtime/deno-server.ts";
import { createApp } from "./both.ts";

const entry: DenoHandler = start(createApp);

export default entry;
