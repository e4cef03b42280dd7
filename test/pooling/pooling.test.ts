// The promise: behind a transaction pooler nothing of a message or a transaction, however it ends, is left on any
// server connection. The checks are those of verify-pooler; pooling-controls.test.ts shows that they can fail.

import { expect } from "chai";
import { performCheck } from "../../admin/conformance/check.ts";
import { CHECKS } from "../../admin/conformance/checks.ts";
import type { Pool } from "../../admin/conformance/pool.ts";
import { withPool } from "../../admin/conformance/subjects.ts";
import { type TestDatabase, useDatabase } from "../support/database/database.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";

describe("pooling", () => {
  const database = useDatabase();

  before(async () => {
    // How soon PostgreSQL notices that a client has gone decides how long these tests take.
    await database.sql(
      `alter role ${SERVICE_ROLE} in database ${database.name}
         set client_connection_check_interval = '50ms'`,
    );
  });

  for (const poolSize of [1, 2]) {
    describe(`through PgBouncer with a pool of ${poolSize}`, () => {
      let pool: Pool;
      let pgbouncer: Awaited<ReturnType<TestDatabase["startPgBouncer"]>>;
      let finish = (): void => {};
      let finished: Promise<unknown>;

      before(async () => {
        pgbouncer = await database.startPgBouncer({ poolSize });
        const given = new Promise<Pool>((resolve, reject) => {
          finished = withPool(pgbouncer.serviceUrl, database.adminUrl, (made) => {
            resolve(made);
            return new Promise<void>((end) => (finish = end));
          });
          finished.catch(reject);
        });
        pool = await given;
      });

      after(async () => {
        finish();
        await finished;
        await pgbouncer.stop();
      });

      for (const check of CHECKS) {
        it(check.name, async () => {
          expect(await performCheck(pool, check)).to.match(/as in the beginning$/);
        });
      }
    });
  }
});
