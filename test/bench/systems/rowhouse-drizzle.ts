// The example's routes with Drizzle on the tenant; see `src/builders`.

import { eq } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { drizzle } from "../../../src/builders/drizzle/drizzle.ts";
import { serveTenants } from "./tenant-routes.ts";

const data = pgTable("data", { key: integer().primaryKey(), value: integer().notNull() });

serveTenants({
  read: (tenant, key) =>
    drizzle(tenant).select({ value: data.value }).from(data).where(eq(data.key, key)),
});
