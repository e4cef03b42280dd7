import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testTenants, type TestTenants } from "rowhouse/testing";
import { createApp } from "./app.js";

const app = createApp({});
let tenants: TestTenants;

before(async () => {
  tenants = await testTenants({ migrations: "migrations" });
});

after(() => tenants.close());

test("GET /notes lists the notes of its tenant", async () => {
  const [acme, other] = [await tenants.create(), await tenants.create()];
  await acme.tenant`insert into note (text) values ('first') returning id`;
  const response = await acme.fetch(app, "/notes");
  assert.deepEqual(await response.json(), [{ id: 1, text: "first" }]);
  assert.deepEqual(await (await other.fetch(app, "/notes")).json(), []);
});

test("POST /notes refuses an empty note", async () => {
  const acme = await tenants.create();
  const response = await acme.fetch(app, "/notes", { method: "POST", body: '""' });
  assert.equal(response.status, 400);
  assert.deepEqual(await acme.tenant`select id from note`, []);
});
