// The metrics, with the names, units and buckets of OpenTelemetry's semantic conventions, and two further metrics for
// tenants. https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ and …/database/

import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import type { ConnectionCounts } from "../database/pool/pool.ts";
import type { RequestAttributes } from "./request-attributes.ts";

// The buckets that the conventions advise, in seconds, and finer ones below them, because one round trip often takes
// less than their first bucket.
const ADVISED_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const REQUEST_SECONDS = [0.0005, 0.001, 0.002, 0.003, ...ADVISED_SECONDS];
const OPERATION_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

// The conventions require a name of the pool; the service has one for each database.
const POOL = "db.client.connection.pool.name";

/** The instruments that measure requests and messages. */
export class Instruments {
  readonly requestDuration: Histogram;
  readonly tenantRequestDuration: Histogram;
  readonly outcomes: Counter;
  readonly operationDuration: Histogram;
  readonly #meter: Meter;

  /**
   * @param meter creates the instruments
   * @param active the requests in progress now
   */
  constructor(meter: Meter, active: ReadonlyMap<RequestAttributes, number>) {
    this.#meter = meter;
    this.requestDuration = meter.createHistogram("http.server.request.duration", {
      description: "Duration of HTTP server requests",
      unit: "s",
      advice: { explicitBucketBoundaries: REQUEST_SECONDS },
    });
    this.tenantRequestDuration = meter.createHistogram("rowhouse.tenant.request.duration", {
      description: "Duration of requests that entered a tenant",
      unit: "s",
      advice: { explicitBucketBoundaries: REQUEST_SECONDS },
    });
    this.outcomes = meter.createCounter("rowhouse.request.outcomes", {
      description: "Requests by outcome: ok, or the error's code",
      unit: "{request}",
    });
    this.operationDuration = meter.createHistogram("db.client.operation.duration", {
      description: "Duration of messages to the database, including the wait for a connection",
      unit: "s",
      advice: { explicitBucketBoundaries: OPERATION_SECONDS },
    });
    meter
      .createObservableUpDownCounter("http.server.active_requests", {
        description: "Requests in progress",
        unit: "{request}",
      })
      .addCallback((result) => {
        for (const [attributes, count] of active) result.observe(count, { ...attributes });
      });
  }

  /**
   * Reports the state of the connections whenever metrics are collected.
   * @param pools the databases by name; home has an empty name
   */
  observeConnections(pools: ReadonlyMap<string, { counts(): ConnectionCounts }>): void {
    const unit = "{connection}";
    const connections = this.#meter.createObservableUpDownCounter("db.client.connection.count", {
      description: "Connections to the database by state",
      unit,
    });
    const max = this.#meter.createObservableUpDownCounter("db.client.connection.max", {
      description: "Connections to the database that may be open",
      unit,
    });
    const pending = this.#meter.createObservableUpDownCounter(
      "db.client.connection.pending_requests",
      { description: "Messages and transactions that wait for a connection", unit: "{request}" },
    );
    this.#meter.addBatchObservableCallback(
      (result) => {
        for (const [name, pool] of pools) {
          const { used, idle, waiting, max: most } = pool.counts();
          const named = { [POOL]: name === "" ? "rowhouse" : `rowhouse.${name}` };
          for (const [state, count] of Object.entries({ used, idle })) {
            result.observe(connections, count, { ...named, "db.client.connection.state": state });
          }
          result.observe(max, most, named);
          result.observe(pending, waiting, named);
        }
      },
      [connections, max, pending],
    );
  }
}
