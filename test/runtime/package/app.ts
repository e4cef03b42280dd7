import { Router } from "itty-router";
import { AppError, type Exchange, readJson, Reply, withTenant } from "rowhouse";

export const router = Router<Exchange>();

router
  .get("/notes", withTenant, async ({ tenant }) => {
    return tenant<{ id: number; text: string }>`select id, text from note order by id limit 100`;
  })
  .post("/notes", withTenant, async ({ tenant, request, maxBodyBytes }) => {
    const text = await readJson(request, maxBodyBytes);
    if (typeof text !== "string") throw new AppError("BODY_INVALID", "Cannot add note: no text");
    const [note] = await tenant`insert into note (text) values (${text}) returning id`;
    return new Reply(201, note);
  });
