// An SDK that throws: what it does is no tenant's affair, and no request is lost by it.

import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect } from "chai";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";

const ACME = "acme.example.com";

describe("an SDK that throws", () => {
  const database = useDatabase({ acme: ACME });
  let service: LocalService;
  let faulty: "onStart" | "onEnd" | undefined;
  let thrown = 0;

  before(async () => {
    const fail = (place: typeof faulty): void => {
      if (place !== faulty) return;
      thrown += 1;
      throw new Error("The processor is broken");
    };
    const processor: SpanProcessor = {
      onStart: () => fail("onStart"),
      onEnd: () => fail("onEnd"),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
    // One place for all: a request that were counted for ever would keep the next one out.
    service = openService(database.serviceUrl, { MAX_IN_FLIGHT: "1" }, createTelemetry());
  });

  after(async () => {
    trace.disable();
    await service.close();
  });

  for (const place of ["onStart", "onEnd"] as const) {
    it(`fetch() acknowledges a write, and lets the next request in, when ${place} throws`, async () => {
      faulty = place;
      thrown = 0;
      for (const value of [1, 2]) {
        const { status } = await service.request(ACME, "PUT", "/data/1", { value });
        expect(status).to.be.oneOf([200, 201]);
      }
      const { status, json } = await service.request(ACME, "GET", "/data/get/1");
      expect([status, json]).to.deep.equal([200, { value: 2 }]);
      expect(thrown).to.be.at.least(3);
    });
  }
});
