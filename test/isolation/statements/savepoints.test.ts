// The promise: what a transaction leaves behind unawaited ends before its connection serves anybody
// else. Savepoints of two transactions have the same names.

import { expect } from "chai";
import { parseHost } from "../../../src/host.ts";
import { createTenant } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";
import { type LocalService, openService } from "../../support/program/service.ts";

describe("savepoints that nobody awaits", () => {
  const database = useDatabase({ careless: "careless.example", other: "other.example" });
  let service: LocalService;

  before(async () => {
    service = openService(database.serviceUrl, { DATABASE_CONNECTIONS: "1" });
  });

  beforeEach(() => database.sql("truncate other.data"));

  after(() => service.close());

  for (const ending of ["returns", "throws"]) {
    it(`tx.savepoint() undoes nothing of another tenant when its transaction's work ${ending}`, async () => {
      let open = (): void => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      let began = (): void => {};
      const inSavepoint = new Promise<void>((resolve) => (began = resolve));

      const careless = createTenant(service.database, parseHost("careless.example"));
      const first = careless.begin(async (tx) => {
        const floating = tx.savepoint(async (inner) => {
          await inner`select 1 as one`;
          began();
          await gate;
          throw new Error("Undo");
        });
        floating.catch(() => {});
        await inSavepoint;
        if (ending === "throws") throw new Error("Enough");
      });
      first.catch(() => {});
      await inSavepoint;

      // The other tenant waits for the one connection, and may have it only when nothing is left.
      let entered = (): void => {};
      const otherEntered = new Promise<void>((resolve) => (entered = resolve));
      const other = createTenant(service.database, parseHost("other.example"));
      const second = other.begin(async (tx) => {
        await tx.savepoint(async (inner) => {
          await inner`insert into data values (1, 20) returning key`;
          entered();
          await gate;
          await inner`select 1 as one`;
        });
      });
      const elsewhere = (async () => {
        for (let turn = 0; turn < 10; turn += 1) await database.sql("select 1");
      })();
      await Promise.race([otherEntered, elsewhere]);
      open();
      await second;
      expect(await database.sql("select key, value from other.data")).to.deep.equal([
        { key: 1, value: 20 },
      ]);
    });
  }
});
