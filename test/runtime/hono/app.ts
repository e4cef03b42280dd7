import { Hono } from "hono";
import {
  AppError,
  createTenancy,
  defineErrors,
  type Parts,
  type Tenancy,
  type TenantExchange,
  withTenant,
} from "../../../src/index.ts";

const ERRORS = defineErrors({ NOTE_EMPTY: { status: 400, title: "The note is empty" } });

const app = new Hono<{ Bindings: TenantExchange }>();

// Rowhouse answers what is thrown. Hono itself would print it, values included.
app.onError((error) => {
  throw error;
});
app.notFound(() => {
  throw new AppError("PATH_NOT_FOUND", "Cannot route: no route has this path");
});

app.use("/notes/*", async (c, next) => {
  withTenant(c.env);
  await next();
});

app.get("/notes", async (c) => {
  return c.json(await c.env.tenant`select id, text from note order by id limit 100`);
});

app.post("/notes", async (c) => {
  const text = await c.env.readJson();
  if (typeof text !== "string" || text === "") {
    throw new AppError(ERRORS.NOTE_EMPTY, "Cannot add note: the text is empty");
  }
  const [note] = await c.env.tenant`insert into note (text) values (${text}) returning id`;
  return c.json(note, 201);
});

/** Builds the application; a runtime's entry calls it. */
export const createApp = (parts: Parts): Tenancy => createTenancy({ handler: app.fetch, ...parts });
