// The least that PostgreSQL can do for a tenant's statement: the settings written out, no look-up, and the
// statement. Environment, beside the others': ROLE_PREFIX.

import process from "node:process";
import { runDriver } from "./driver.ts";
import { writeSettings } from "./message.ts";

runDriver(await writeSettings(process.env["ROLE_PREFIX"] ?? ""));
