import { createTenancy } from "rowhouse";
import { createWorker } from "rowhouse/worker";
import { router } from "./app.js";

export default createWorker((parts) => createTenancy({ router, ...parts }));
