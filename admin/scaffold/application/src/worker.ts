// npx wrangler deploy: the service on Cloudflare Workers; wrangler.toml names this file.
import { start } from "rowhouse/worker";
import { createApp } from "./app.ts";

export default start(createApp);
