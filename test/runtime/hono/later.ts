import { Hono } from "hono";
import {
  createTenancy,
  type Parts,
  type Tenancy,
  type TenantExchange,
  withTenant,
} from "../../../src/index.ts";

const app = new Hono<{ Bindings: TenantExchange }>();

app.post("/later", (c) => {
  withTenant(c.env);
  c.executionCtx.waitUntil(addLater(c.env));
  return c.text("answered", 202);
});

/** Its first statement is still running when the answer is sent, and its second one is not sent yet. */
async function addLater({ tenant }: TenantExchange): Promise<void> {
  await tenant`select pg_sleep(0.2)`;
  await tenant`insert into note (text) values ('later')`;
  await tenant`select 1 / 0`;
}

/** A Hono application whose handler goes on after its answer. */
export const createApp = (parts: Parts): Tenancy => createTenancy({ handler: app.fetch, ...parts });
