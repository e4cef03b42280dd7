import { start, type Worker } from "../../../src/runtime/worker-server.ts";
import { createApp } from "./both.ts";

const entry: Worker = start(createApp);

export default entry;
