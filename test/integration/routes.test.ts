// The seed's demonstration and every route beside it, through the app on a real PostgreSQL.

import { expect } from "chai";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LocalService, openService } from "../support/service.ts";

describe("the seed's demonstration", () => {
  const ip = "127.0.0.1:5000";
  const local = "localhost:5000";
  let database: TestDatabase;
  let service: LocalService;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ ip, local });
    service = openService(database.serviceUrl);
  });

  after(async () => {
    await service.close();
    await database.drop();
  });

  it("keeps the same key apart in two tenants", async () => {
    const get = (host: string) => service.request(host, "GET", "/data/get/42");
    expect((await get(ip)).status).to.equal(404);
    const inserted = await service.request(ip, "POST", "/data/insert/42/8675309");
    expect(inserted.status).to.equal(200);
    expect(inserted.json).to.deep.equal({ status: "success" });
    expect((await get(ip)).json).to.deep.equal({ value: 8675309 });
    expect((await get(local)).status).to.equal(404);

    const again = await service.request(ip, "POST", "/data/insert/42/1");
    expect(again.status).to.equal(400);
    expect(again.json).to.include({ code: "KEY_EXISTS" });
    expect((await service.request(local, "POST", "/data/insert/42/7")).status).to.equal(200);
    expect((await get(ip)).json).to.deep.equal({ value: 8675309 });
    expect((await get(local)).json).to.deep.equal({ value: 7 });
  });
});
