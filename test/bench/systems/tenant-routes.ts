// A route on Rowhouse that reads by a query builder. The service is set up as its environment says.

import process from "node:process";
import { Router } from "itty-router";
import {
  createTenancy,
  type Exchange,
  Reply,
  type Tenant,
  type TenantExchange,
  withTenant,
} from "../../../src/index.ts";
import { start } from "../../../src/runtime/node-server.ts";

/** What stands behind the route. */
export interface TenantRoutes {
  /** @returns a row with `value`, or none */
  readonly read: (
    tenant: Tenant<unknown>,
    key: number,
  ) => Promise<readonly { readonly value: number }[]>;
}

/** Serves it. */
export function serveTenants({ read }: TenantRoutes): void {
  const getValue = async ({ tenant, params }: TenantExchange<unknown>): Promise<unknown> => {
    const [row] = await read(tenant, Number(params["key"]));
    return row ?? new Reply(404);
  };
  const router = Router<Exchange>().get("/data/get/:key", withTenant, getValue);
  void start((parts) => createTenancy({ router, ...parts }), process.env);
}
