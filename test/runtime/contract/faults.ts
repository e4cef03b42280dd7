// The contract's faults: clients that go away, and a database that goes away and comes back.

import { expect } from "chai";
import type { Answer } from "../../support/network/http-client.ts";
import { holdRow } from "../../support/database/row-lock.ts";
import { hostOf, schemaOf, valueOf } from "../../support/traffic.ts";
import { until } from "../../support/until.ts";
import type { RuntimeStage } from "./stage.ts";

const LEAVERS = 40;
const WRITERS = 20;
const FIRST_KEY = 10_000;

/** What goes wrong on either side of the service. */
export function describeFaults(at: () => RuntimeStage): void {
  const put = (tenant: number, key: number) => ({
    hosts: [hostOf(tenant)],
    method: "PUT",
    path: `/data/${key}`,
    body: JSON.stringify({ value: valueOf(tenant, 9) }),
  });
  const expectServed = async (tenant: number): Promise<void> => {
    const { status, json } = await at().client.request(hostOf(tenant), "GET", "/data/1");
    expect([status, json]).to.deep.equal([200, { value: valueOf(tenant, 1) }]);
  };

  it("a client that goes away in mid-body has written nothing", async () => {
    const [tenant, key] = [1, FIRST_KEY];
    const { body, ...rest } = put(tenant, key);
    const length = { "Content-Length": String(body.length) };
    for (const framing of [{ headers: length }, { chunked: true }]) {
      const cut = { ...rest, ...framing, open: true };
      const outgoing = at().client.begin(cut);
      await new Promise<void>((sent) => outgoing.write(body.slice(0, -1), () => sent()));
      outgoing.destroy();
      await expectServed(tenant);
    }
    expect(await at().writes(tenant, key)).to.equal(0);
  });

  it("a client that goes away while its write waits has written once or not at all", async () => {
    const { client, server } = at();
    const [tenant, key] = [2, 5];
    const lock = await holdRow(server, schemaOf(tenant), key);
    const before = await at().writes(tenant, key);
    const outgoing = client.begin(put(tenant, key));
    await lock.waiting(1);
    outgoing.destroy();
    await expectServed(tenant);
    await lock.release();
    await until("the write is still at work", async () => {
      const active = await server.sql(
        `select from pg_stat_activity where state <> 'idle' and usename <> current_user`,
      );
      return active.length === 0;
    });
    expect(await at().writes(tenant, key)).to.be.within(before, before + 1);
    const { status } = await client.send(put(tenant, key));
    expect(status).to.equal(200);
  });

  it(`${LEAVERS} clients that go away at any moment take nothing from the others`, async () => {
    const { client } = at();
    const tenants = Array.from({ length: LEAVERS }, (_, index) => index + 1);
    await Promise.all(
      tenants.flatMap((tenant) => {
        const leaving = client.begin({ hosts: [hostOf(tenant)], method: "GET", path: "/data" });
        leaving.on("response", (incoming) => incoming.destroy());
        setTimeout(() => leaving.destroy(), tenant);
        return [expectServed(tenant), expectServed(LEAVERS + 1 - tenant)];
      }),
    );
  });

  it("PostgreSQL is killed under traffic, and the service recovers by itself", async () => {
    const { client, server } = at();
    const answers = new Map<number, Answer>();
    const traffic = new AbortController();
    let next = FIRST_KEY;
    const write = async (): Promise<void> => {
      while (!traffic.signal.aborted) {
        const key = next++;
        const { hosts, path, body } = put((key % 50) + 1, key);
        answers.set(key, await client.request(hosts[0] ?? "", "PUT", path, body));
      }
    };
    const writers = Promise.all(Array.from({ length: WRITERS }, write));
    const seen = (status: number): number =>
      [...answers.values()].filter((answer) => answer.status === status).length;
    await until("nothing is written", () => seen(201) >= WRITERS);
    await server.kill();
    await until("nothing is refused", () => seen(503) > 0);
    traffic.abort();

    await until("the service does not notice", async () => {
      const { json, headers } = await client.request(hostOf(1), "GET", "/data/1");
      expect(json).to.include({ status: 503 });
      expect(headers["retry-after"]).to.equal("1");
      return Reflect.get(Object(json), "code") === "DATABASE_UNAVAILABLE";
    });
    expect((await client.request(hostOf(1), "GET", "/readyz")).status).to.equal(503);
    expect((await client.request(hostOf(1), "GET", "/healthz")).status).to.equal(200);

    await server.start();
    await until("the service is not ready", async () => {
      return (await client.request(hostOf(1), "GET", "/readyz")).status === 200;
    });
    await writers;
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(expectServed));
    expect(seen(201) + seen(503)).to.equal(answers.size);
    for (const [key, { status }] of answers) {
      const count = await at().writes((key % 50) + 1, key);
      if (status === 201) expect(count, `key ${key}`).to.equal(1);
      else expect(count, `key ${key}`).to.be.within(0, 1);
    }
  });
}
