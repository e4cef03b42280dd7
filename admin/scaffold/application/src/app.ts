import { Router } from "itty-router";
import {
  createTenancy,
  type Exchange,
  type Parts,
  Reply,
  type Tenancy,
  type TenantExchange,
  withTenant,
} from "rowhouse";

type Note = { readonly id: number; readonly text: string };

const router = Router<Exchange>().get("/", withTenant, listNotes).post("/", withTenant, addNote);

/** Builds the application; the entry of a runtime calls it. */
export const createApp = (parts: Parts): Tenancy => createTenancy({ router, ...parts });

async function listNotes({ tenant }: TenantExchange): Promise<readonly Note[]> {
  return tenant<Note>`select id, text from note order by id limit 100`;
}

async function addNote({ tenant, readJson }: TenantExchange): Promise<Reply> {
  const text = String(await readJson());
  const [note] = await tenant<Note>`insert into note (text) values (${text}) returning id, text`;
  return new Reply(201, note);
}
