// The example's routes with Kysely on the tenant; see `src/builders`.

import { kysely } from "../../../src/builders/kysely/kysely.ts";
import { serveTenants } from "./tenant-routes.ts";

interface Tables {
  readonly data: { readonly key: number; readonly value: number; readonly updated_at: Date };
}

serveTenants({
  read: (tenant, key) =>
    kysely<Pick<Tables, "data">>(tenant)
      .selectFrom("data")
      .select("value")
      .where("key", "=", key)
      .execute(),
});
