// npm start as a team runs it: the program behind a small transaction pool, with more clients than
// connections and more tenants than clients.

import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import type { PgBouncer } from "../support/server/pgbouncer.ts";
import { type ServiceProcess, startService } from "../support/program/service.ts";

const TENANTS = 200;
const CLIENTS = 64;
const REQUESTS_PER_CLIENT = 25;

describe("npm start behind PgBouncer with a pool of two", () => {
  const database = useDatabase();
  let pgbouncer: PgBouncer;
  let service: ServiceProcess;

  before(async function () {
    this.timeout(60_000);
    const tenants = Array.from({ length: TENANTS }, (_, index) => `t${index}`);
    await database.addTenants(Object.fromEntries(tenants.map((name) => [name, `${name}.example`])));
    const pooled = await database.startPgBouncer({ poolSize: 2 });
    pgbouncer = pooled;
    service = await startService(pooled.serviceUrl);
  });

  after(async () => {
    expect(await service.stop()).to.equal(0);
    await pgbouncer.stop();
  });

  it("serves 64 clients over 200 tenants without an error or a foreign value", async () => {
    const odd: string[] = [];
    let answered = 0;
    const client = async (number: number): Promise<void> => {
      for (let turn = 0; turn < REQUESTS_PER_CLIENT; turn += 1) {
        const tenant = (number * REQUESTS_PER_CLIENT + turn * 7) % TENANTS;
        const host = `t${tenant}.example`;
        // The value names its tenant, and the key its client.
        const value = tenant * 1000 + number;
        const put = await service.request(
          host,
          "PUT",
          `/data/${number}`,
          JSON.stringify({ value }),
        );
        const got = await service.request(host, "GET", `/data/${number}`);
        answered += 2;
        if (![200, 201].includes(put.status)) odd.push(`${put.status} ${put.text}`);
        if (got.text !== JSON.stringify({ value })) odd.push(`${host} gave ${got.text}`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    expect(odd).to.deep.equal([]);
    expect(answered).to.equal(CLIENTS * REQUESTS_PER_CLIENT * 2);
    const pools = await pgbouncer.console("SHOW POOLS");
    const pool = pools.find(({ database: name }) => name === database.name);
    expect(pool).to.include({ pool_mode: "transaction" });
    expect(Number(pool?.["sv_idle"]) + Number(pool?.["sv_used"])).to.be.within(1, 2);
  }).timeout(60_000);
});
