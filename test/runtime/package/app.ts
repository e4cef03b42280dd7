import { Router } from "itty-router";
import {
  AppError,
  createTenancy,
  defineErrors,
  type Exchange,
  type Parts,
  Reply,
  type Tenancy,
  type TenantExchange,
  withTenant,
} from "rowhouse";

const ERRORS = defineErrors({ NOTE_EMPTY: { status: 400, title: "The note is empty" } });

const router = Router<Exchange>()
  .get("/notes", withTenant, listNotes)
  .post("/notes", withTenant, addNote);

/** Builds the application; a runtime's entry calls it. */
export const createApp = (parts: Parts): Tenancy => createTenancy({ router, ...parts });

async function listNotes({ tenant }: TenantExchange): Promise<unknown> {
  return tenant<{ id: number; text: string }>`select id, text from note order by id limit 100`;
}

async function addNote({ tenant, readJson }: TenantExchange): Promise<unknown> {
  const text = await readJson();
  if (typeof text !== "string" || text === "") {
    throw new AppError(ERRORS.NOTE_EMPTY, "Cannot add note: the text is empty");
  }
  const [note] = await tenant`insert into note (text) values (${text}) returning id`;
  return new Reply(201, note);
}
