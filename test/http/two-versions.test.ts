// Tenants of two versions behind one service, at the same moment: during a release each is served by
// the statements of its own version, and keeps its own rows.

import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { until } from "../support/until.ts";
import { runVerb } from "../support/program/verb.ts";

const TENANTS = 12;

describe("tenants of two versions", () => {
  let service: LocalService;
  const names = Array.from({ length: TENANTS }, (_, index) => `t${index + 1}`);
  const hostOf = (name: string): string => `${name}.example.com`;
  const database = useDatabase(Object.fromEntries(names.map((name) => [name, hostOf(name)])));

  before(async () => {
    service = openService(database.serviceUrl);
    const down = await runVerb(database.adminUrl, "migrate", "--to", "1");
    expect(down.stdout).to.match(/^Migrated 12 tenants to version 1 \(0001-data\) in/);
  });

  after(() => service.close());

  it("every route answers alike for both", async () => {
    await runVerb(database.adminUrl, "migrate", "--tenants", "t1");
    for (const name of ["t1", "t2"]) {
      const ask = async (method: string, path: string, body?: unknown): Promise<unknown[]> => {
        const { status, json } = await service.request(hostOf(name), method, path, body);
        return [status, json];
      };
      expect(await ask("POST", "/data/insert/1/10")).to.deep.equal([200, { status: "success" }]);
      expect(await ask("GET", "/data/1")).to.deep.equal([200, { value: 10 }]);
      expect(await ask("PUT", "/data/2", { value: 20 })).to.deep.equal([201, { value: 20 }]);
      expect(await ask("PUT", "/data/2", { value: 21 })).to.deep.equal([200, { value: 21 }]);
      expect(await ask("GET", "/data/get/2")).to.deep.equal([200, { value: 21 }]);
      const pairs = [{ key: 3, value: 30 }];
      expect(await ask("POST", "/data", pairs)).to.deep.equal([201, { inserted: 1 }]);
      const items = [{ key: 1, value: 10 }, { key: 2, value: 21 }, ...pairs];
      expect(await ask("GET", "/data")).to.deep.equal([200, { items, next: null }]);
      expect(await ask("DELETE", "/data/3")).to.deep.equal([204, undefined]);
    }
  });

  it("the time of the last write is known to the newer one alone, and moves with a write", async () => {
    const modified = async (name: string): Promise<string | null> =>
      (await service.request(hostOf(name), "GET", "/data/2")).headers.get("last-modified");
    expect(await modified("t2")).to.equal(null);
    await database.sql("update t1.data set updated_at = '2001-02-03 04:05:06Z' where key = 2");
    expect(await modified("t1")).to.equal("Sat, 03 Feb 2001 04:05:06 GMT");
    await service.request(hostOf("t1"), "PUT", "/data/2", { value: 22 });
    expect(new Date((await modified("t1")) ?? 0).getFullYear()).to.be.greaterThan(2020);
  });

  it("a release under load costs no request, and no write", async () => {
    const written = new Map<string, number>();
    const wrong: string[] = [];
    const stopping = new AbortController();
    let served = 0;
    const callers = names.map(async (name, index) => {
      for (let value = 1; !stopping.signal.aborted; value += 1) {
        const put = await service.request(hostOf(name), "PUT", "/data/9", { value });
        if (put.status === 200 || put.status === 201) written.set(name, value);
        else wrong.push(`${name} PUT ${put.status}`);
        const { json } = await service.request(hostOf(name), "GET", "/data/9");
        const got = Reflect.get(Object(json), "value") as unknown;
        if (got !== value) wrong.push(`${name} has ${String(got)}, not ${value} (${index})`);
        served += 1;
      }
    });
    try {
      await until("nothing is served", () => served > 50);
      const release = await runVerb(database.adminUrl, "migrate");
      expect(release.stdout).to.match(/^Migrated 11 tenants to version 2 \(0002-updated-at\) in/);
      const until2 = served + 50;
      await until("nothing is served after it", () => served > until2);
      const back = await runVerb(database.adminUrl, "migrate", "--to", "1");
      expect(back.status).to.equal(0);
    } finally {
      stopping.abort();
      await Promise.all(callers);
    }
    expect(wrong).to.deep.equal([]);
    for (const name of names) {
      const [row] = await database.sql<{ value: number }>(
        `select value from ${name}.data where key = 9`,
      );
      expect(row?.value).to.equal(written.get(name));
    }
  });
});
