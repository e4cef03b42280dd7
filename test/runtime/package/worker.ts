import { start } from "rowhouse/worker";
import { createApp } from "./app.js";

export default start(createApp);
