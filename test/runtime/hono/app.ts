import { pgTable, serial, text } from "drizzle-orm/pg-core";
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
import { drizzle } from "../../../src/builders/drizzle/drizzle.ts";

const ERRORS = defineErrors({ NOTE_EMPTY: { status: 400, title: "The note is empty" } });

const note = pgTable("note", { id: serial().primaryKey(), text: text().notNull() });

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
  const db = drizzle(c.env.tenant);
  return c.json(await db.select().from(note).orderBy(note.id).limit(100));
});

app.post("/notes", async (c) => {
  const body = await c.env.readJson();
  if (typeof body !== "string" || body === "") {
    throw new AppError(ERRORS.NOTE_EMPTY, "Cannot add note: the text is empty");
  }
  const db = drizzle(c.env.tenant);
  const [added] = await db.insert(note).values({ text: body }).returning({ id: note.id });
  return c.json(added, 201);
});

/** Builds the application; a runtime's entry calls it. */
export const createApp = (parts: Parts): Tenancy => createTenancy({ handler: app.fetch, ...parts });
