import { start, type Worker } from "../../../src/runtime/worker-server.ts";
import { createApp } from "./all.ts";

const entry: Worker = start(createApp);

export default entry;
