// The promise: a tenant moves between databases under load, and its clients notice a short wait and nothing else.

import { expect } from "chai";
import { openDatabase } from "../../src/database/open-database.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { useSeveralDatabases } from "../support/database/admin-databases.ts";

const HOST = "acme.test";

describe("a service during moves of a tenant", () => {
  const several = useSeveralDatabases();
  const { home, eu } = several;
  let service: ReturnType<typeof openDatabase>;

  before(async () => {
    await home.addTenants({ acme: HOST });
    const others = { eu: eu.serviceUrl };
    service = openDatabase({ url: home.serviceUrl, others, moveWaitMs: 6000 });
  });

  after(() => service.close(1));

  it("no read fails, and every write happens once", async () => {
    const written: number[] = [];
    const state = { next: 0, reads: 0, isOver: false };
    const tenant = (): Tenant => createTenant(service, parseHost(HOST));
    const insert = async (key: number): Promise<void> => {
      if (key % 2 === 0) await tenant()`insert into data values (${key}, 1)`;
      else await tenant().begin(async (tx) => tx`insert into data values (${key}, 1)`);
      written.push(key);
    };
    const write = async (): Promise<void> => {
      while (!state.isOver) await insert((state.next += 1));
    };
    const read = async (): Promise<void> => {
      while (!state.isOver) {
        const known = written.length;
        const [row] = await tenant()<{ count: number }>`select count(*)::int as count from data`;
        expect(row?.count).to.be.at.least(known);
        state.reads += 1;
      }
    };
    const clients = Promise.all([write(), write(), read()]);
    try {
      for (const to of ["eu", "home"]) await several.admin().moveTenant("acme", { to });
    } finally {
      state.isOver = true;
      await clients;
    }
    expect(state.reads).to.be.greaterThan(20);
    const rows = await home.sql<{ key: number }>("select key from acme.data order by key");
    expect(rows.map(({ key }) => key)).to.deep.equal(written.toSorted((a, b) => a - b));
    expect(written).to.have.length(state.next);
  });
});
