// The promise: a tenant has its share, whatever ports and subdomains its clients write.

import { expect } from "chai";
import { type RowLock, holdRow } from "../support/database/row-lock.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { useDatabase } from "../support/database/database.ts";

const IN_FLIGHT = 64;
const TENANT_IN_FLIGHT = 8;

describe("one tenant under many spellings of its host", () => {
  const database = useDatabase({ greedy: "a.test", wild: "*.b.test", other: "other.example" });
  let service: LocalService;
  let lock: RowLock | undefined;

  beforeEach(() => {
    service = openService(database.serviceUrl, {
      MAX_IN_FLIGHT: String(IN_FLIGHT),
      TENANT_MAX_IN_FLIGHT: String(TENANT_IN_FLIGHT),
      DATABASE_CONNECTIONS: "16",
    });
  });

  afterEach(async () => {
    await lock?.release();
    lock = undefined;
    await service.close();
  });

  const SPELLINGS = {
    // With so many connections before it is known: half for a name, three quarters for a domain.
    "ports of a name": ["greedy", 8, (n: number) => `a.test:${n + 1}`],
    "subdomains of a wildcard": ["wild", 12, (n: number) => `x${n}.b.test`],
    "ports of subdomains": ["wild", 12, (n: number) => `x${n}.b.test:${n + 1}`],
  } as const;

  for (const [what, [schema, unknown, spell]] of Object.entries(SPELLINGS)) {
    it(`has its share under ${what}, once some were answered`, async () => {
      for (let n = 0; n < 10; n += 1) {
        expect((await service.request(spell(n), "GET", "/data")).status).to.equal(200);
      }
      lock = await holdRow(database, schema, 1);
      const statuses: number[] = [];
      const slow = Array.from({ length: 40 }, (_, n) =>
        service
          .request(spell(1000 + n), "PUT", "/data/1", { value: 1 })
          .then(({ status }) => statuses.push(status)),
      );
      await lock.waiting(TENANT_IN_FLIGHT);
      expect(statuses).to.deep.equal(Array.from({ length: 32 }, () => 429));
      await lock.release();
      await Promise.all(slow);
    });

    it(`leaves places and connections for others under ${what}, from the first request on`, async () => {
      lock = await holdRow(database, schema, 1);
      const slow = Array.from({ length: IN_FLIGHT }, (_, n) =>
        service.request(spell(n), "PUT", "/data/1", { value: 1 }),
      );
      await lock.waiting(unknown);
      const { status, json } = await service.request("other.example", "GET", "/data");
      expect([status, json]).to.deep.equal([200, { items: [], next: null }]);
      await lock.release();
      await Promise.all(slow);
    });
  }
});
