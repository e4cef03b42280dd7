// The service that is tortured: the example, with routes whose work is a transaction of several messages.

import { setTimeout } from "node:timers/promises";
import { Router } from "itty-router";
import { createRoutes } from "../../src/example/app.ts";
import {
  AppError,
  createTenancy,
  defineErrors,
  type Exchange,
  LIMITS,
  type Parts,
  Reply,
  type Tenancy,
  type TenantExchange,
  withTenant,
} from "../../src/index.ts";
import { start } from "../../src/runtime/node-server.ts";

interface Pair {
  readonly key: number;
  readonly value: number;
}

const { UNDONE } = defineErrors({
  UNDONE: { status: 409, title: "The transaction was undone, as the request asked" },
});

// Between two statements, so that faults and verbs find transactions at work.
const MOST_PAUSE_MS = 12;

/** `PUT /transaction/:key` with `{"value":n}`: as `PUT /data/:key`, with `before`, the value that was locked. */
async function putLocked(exchange: TenantExchange): Promise<unknown> {
  const key = Number(exchange.params["key"]);
  const { value } = (await exchange.readJson()) as Pair;
  return exchange.tenant.begin(async (tx) => {
    const [locked] = await tx<{
      value: number;
    }>`select value from data where key = ${key} for update`;
    await pause();
    const [row] = await tx<{ created: boolean }>`
      insert into data (key, value) values (${key}, ${value})
      on conflict (key) do update set value = excluded.value
      returning xmax = 0 as created`;
    await pause();
    return new Reply(row?.created === true ? 201 : 200, { value, before: locked?.value });
  });
}

/** `POST /transaction` with pairs: inserts each by a message of its own; with `?undone`, then throws. */
async function insertPairs(exchange: TenantExchange): Promise<unknown> {
  const pairs = (await exchange.readJson()) as readonly Pair[];
  return exchange.tenant.begin(async (tx) => {
    for (const { key, value } of pairs) {
      await tx`insert into data (key, value) values (${key}, ${value}) returning key`;
      await pause();
    }
    if (exchange.query["undone"] !== undefined)
      throw new AppError(UNDONE, "Cannot keep: it is to be undone");
    return new Reply(201, { inserted: pairs.length });
  });
}

function pause(): Promise<void> {
  return setTimeout(Math.random() * MOST_PAUSE_MS);
}

function createApp(parts: Parts): Tenancy {
  const example = createRoutes(LIMITS.bodyBytes);
  const router = Router<Exchange>()
    .put("/transaction/:key", withTenant, putLocked)
    .post("/transaction", withTenant, insertPairs)
    .all("*", (exchange) => example.fetch(exchange));
  return createTenancy({ router, ...parts });
}

await start(createApp);
