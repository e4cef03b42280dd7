// The operator page's server on the services: what it makes of their metrics, and of endpoints that do not
// behave.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Traffic, TrafficEvent } from "../../admin/console/api.ts";
import { openTestConsole } from "../support/console/console.ts";
import { useDatabase } from "../support/database/database.ts";
import { until } from "../support/until.ts";

/** What a service has counted so far. */
interface Counts {
  ok: number;
  failed: number;
  slow: number;
}

/** A metrics endpoint that counts on with each scrape, or answers something else. */
class Endpoint {
  readonly counts: Counts = { ok: 0, failed: 0, slow: 0 };
  /** How it grows between two scrapes. */
  readonly growth: Counts;
  scrapes = 0;
  odd: { status: number; body: string; location?: string } | undefined;
  readonly #server: Server;

  constructor(growth: Counts) {
    this.growth = growth;
    this.#server = createServer((_, outgoing) => {
      this.scrapes += 1;
      this.counts.ok += this.growth.ok;
      this.counts.failed += this.growth.failed;
      this.counts.slow += this.growth.slow;
      const { status, body, location } = this.odd ?? { status: 200, body: this.#text() };
      outgoing.writeHead(status, location === undefined ? {} : { location }).end(body);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/metrics`;
  }

  reset(): void {
    Object.assign(this.counts, { ok: 0, failed: 0, slow: 0 });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Quick requests take 5 ms each, slow ones 80 ms; one in so many of tenant acme's fails. */
  #text(): string {
    const { ok, failed, slow } = this.counts;
    const scope = 'otel_scope_name="rowhouse",';
    const series = (code: number, quick: number, late: number): string =>
      [
        ["_bucket", 'le="0.01",', quick],
        ["_bucket", 'le="0.1",', quick + late],
        ["_bucket", 'le="+Inf",', quick + late],
        ["_count", "", quick + late],
        ["_sum", "", quick * 0.005 + late * 0.08],
      ]
        .map(
          ([kind, le, value]) =>
            `http_server_request_duration_seconds${kind}{${scope}${le}http_route="/data/:key",` +
            `http_response_status_code="${code}"} ${value}`,
        )
        .join("\n");
    return `# TYPE http_server_request_duration_seconds histogram
${series(200, ok, 0)}
${series(503, failed, 0)}
${series(200, 0, slow).replaceAll("/data/:key", "/data")}
rowhouse_tenant_request_duration_seconds_count{rowhouse_tenant="acme"} ${ok + failed}
rowhouse_tenant_request_duration_seconds_sum{rowhouse_tenant="acme"} ${(ok + failed) * 0.005}
rowhouse_tenant_request_duration_seconds_bucket{rowhouse_tenant="acme",le="0.01"} ${ok + failed}
rowhouse_tenant_request_duration_seconds_count{rowhouse_tenant="<b>other</b>"} ${slow}
rowhouse_tenant_request_duration_seconds_sum{rowhouse_tenant="<b>other</b>"} ${slow * 0.08}
rowhouse_request_outcomes_total{rowhouse_tenant="acme",rowhouse_outcome="ok"} ${ok / 2}
rowhouse_request_outcomes_total{rowhouse_tenant="acme",rowhouse_outcome="NOT_FOUND"} ${ok / 2}
rowhouse_request_outcomes_total{rowhouse_tenant="acme",rowhouse_outcome="OVERLOADED"} ${failed}
http_server_active_requests{http_request_method="GET"} 2
http_server_active_requests{http_request_method="PUT"} 1
db_client_connection_count{db_client_connection_pool_name="a",db_client_connection_state="used"} 3
db_client_connection_count{state="used"} 1
db_client_connection_count{db_client_connection_pool_name="a",db_client_connection_state="idle"} 9
db_client_connection_pending_requests 5
`;
  }
}

describe("console traffic", () => {
  const database = useDatabase();
  const endpoints: Endpoint[] = [];

  afterEach(() => {
    for (const endpoint of endpoints.splice(0)) endpoint.close();
  });

  /** Opens a console on endpoints that grow so. */
  const watch = async (...growths: Counts[]) => {
    endpoints.push(...growths.map((growth) => new Endpoint(growth)));
    const services = await Promise.all(endpoints.map((endpoint) => endpoint.listen()));
    const console = await openTestConsole(database.adminUrl, { services });
    return Object.assign(console, {
      services,
      read: () => console.get<Traffic>("/api/traffic"),
      async points(count: number): Promise<Traffic> {
        const read = () => console.get<Traffic>("/api/traffic");
        await until("no point comes", async () => (await read()).points.length >= count);
        return read();
      },
    });
  };

  it("GET traffic sums the services: error rate, quantiles, and what they are at now", async () => {
    const console = await watch({ ok: 80, failed: 10, slow: 10 }, { ok: 80, failed: 10, slow: 10 });
    try {
      const { points, services, intervalMs } = await console.points(3);
      expect(intervalMs).to.equal(20);
      expect(services.map(({ state, url }) => [state, url])).to.deep.equal(
        console.services.map((url) => ["up", url]),
      );
      for (const point of points) {
        expect(point.errorRate).to.be.closeTo(0.1, 1e-9);
        // 180 of 200 in the bucket to 10 ms, 20 in the one from 10 to 100 ms.
        expect(point.p50Ms).to.be.closeTo((100 / 180) * 10, 1e-9);
        expect(point.p95Ms).to.be.closeTo(55, 1e-9);
        expect(point.p99Ms).to.be.closeTo(91, 1e-9);
        expect(point).to.include({ activeRequests: 6, connectionsUsed: 8, connectionsPending: 10 });
        expect(point.requestsPerSecond).to.be.greaterThan(0);
      }
    } finally {
      await console.close();
    }
  });

  it("GET traffic names the heaviest tenants by the time of their requests", async () => {
    const console = await watch({ ok: 75, failed: 25, slow: 10 });
    try {
      const { heaviest } = await console.points(2);
      expect(heaviest.map(({ tenant }) => tenant)).to.deep.equal(["<b>other</b>", "acme"]);
      const [other, acme] = heaviest;
      expect(acme?.errorRate).to.be.closeTo(0.25, 1e-9);
      expect(acme?.p95Ms).to.be.closeTo(9.5, 1e-9);
      expect(other?.p95Ms).to.equal(null);
      expect((other?.requestsPerSecond ?? 0) / (acme?.requestsPerSecond ?? 1)).to.be.closeTo(
        0.1,
        1e-9,
      );
      expect((other?.load ?? 0) / (acme?.load ?? 1)).to.be.closeTo(1.6, 1e-9);
    } finally {
      await console.close();
    }
  });

  it("a service that began again counts from nothing, and no rate is ever negative", async () => {
    const console = await watch({ ok: 100, failed: 0, slow: 0 });
    try {
      await console.points(2);
      endpoints[0]?.reset();
      const { points } = await console.points(5);
      for (const { requestsPerSecond, errorRate } of points) {
        expect(requestsPerSecond).to.be.greaterThan(0);
        expect(errorRate).to.equal(0);
      }
    } finally {
      await console.close();
    }
  });

  it("a service that is gone is said to be down, costs the others nothing, and comes back", async () => {
    const console = await watch({ ok: 100, failed: 0, slow: 0 }, { ok: 0, failed: 100, slow: 0 });
    const state = async () => (await console.read()).services[1];
    try {
      await console.points(1);
      for (const [odd, problem] of [
        [{ status: 500, body: "<script>" }, "it answers with status 500"],
        [
          { status: 302, body: "", location: console.services[0] ?? "" },
          "it answers with status 302",
        ],
        [{ status: 200, body: "x".repeat(17_000_000) }, "its answer is over 16000000 bytes"],
      ] as const) {
        endpoints[1]!.odd = odd;
        await until(`it is not said: ${problem}`, async () => (await state())?.problem === problem);
        expect((await state())?.state).to.equal("down");
        const { points } = await console.read();
        await until("the other is not read", async () => {
          const now = await console.read();
          return now.points.length > points.length && now.points.at(-1)?.errorRate === 0;
        });
      }
      endpoints[1]!.odd = undefined;
      await until("it does not come back", async () => (await state())?.state === "up");
      endpoints[1]!.close();
      await until("nobody notices", async () => {
        return (await state())?.problem === "it cannot be reached: ECONNREFUSED";
      });
      expect((await state())?.state).to.equal("down");
    } finally {
      await console.close();
    }
  });

  it("a page hears each point, with the services and the heaviest tenants", async () => {
    const console = await watch({ ok: 80, failed: 20, slow: 0 });
    const listener = await console.listen();
    try {
      const heard = (): readonly TrafficEvent[] =>
        listener.heard
          .map(({ data }) => data as TrafficEvent)
          .filter(({ point }) => point !== null);
      await until("nothing is heard", () => heard().length > 1);
      const { point, services, heaviest } = heard()[1]!;
      expect(point?.errorRate).to.be.closeTo(0.2, 1e-9);
      expect(services[0]?.state).to.equal("up");
      expect(heaviest[0]?.tenant).to.equal("acme");
      expect((await console.read()).points).to.deep.include(point);
    } finally {
      listener.close();
      await console.close();
    }
  });

  it("GET traffic is empty without a service", async () => {
    const console = await watch();
    try {
      expect(await console.read()).to.deep.include({ points: [], services: [], heaviest: [] });
    } finally {
      await console.close();
    }
  });
});
