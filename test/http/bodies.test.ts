// The promise: a body is bounded in bytes and in time, whoever reads it, and takes no place while it arrives.

import { expect } from "chai";
import { Router } from "itty-router";
import type { Database } from "../../src/database/database.ts";
import type { Exchange } from "../../src/http/exchange.ts";
import type { Limits } from "../../src/http/limits.ts";
import { createTenancy } from "../../src/http/tenancy.ts";
import { ready } from "../../src/http/ready.ts";
import { until } from "../support/until.ts";

const NO_DATABASE = {} as Database;
const BYTES = 1000;

/** A body without a length, and how much of it was taken. */
class Chunks {
  taken = 0;
  cancelled = false;
  readonly stream: ReadableStream<Uint8Array>;

  /** @param bytes how much comes; then nothing more, and no end, when `open` */
  constructor(bytes: number, open = false) {
    this.stream = new ReadableStream({
      pull: (controller) => {
        if (this.taken >= bytes) {
          if (!open) controller.close();
          return open ? new Promise<void>(() => {}) : undefined;
        }
        this.taken += 100;
        controller.enqueue(new Uint8Array(100).fill(0x20));
        return undefined;
      },
      cancel: () => {
        this.cancelled = true;
      },
    });
  }
}

const READERS: Readonly<Record<string, (exchange: Exchange) => Promise<unknown>>> = {
  "readJson()": ({ readJson }) => readJson(),
  "request.arrayBuffer()": ({ request }) => request.arrayBuffer().then(() => ({})),
  "request.text()": ({ request }) => request.text().then(() => ({})),
  "request.json()": ({ request }) => request.json(),
  "request.clone().text()": ({ request }) =>
    request
      .clone()
      .text()
      .then(() => ({})),
  "request.body": async ({ request }) => {
    const reader = request.body?.getReader();
    for (let part = await reader?.read(); !part?.done; part = await reader?.read());
    return {};
  },
};

describe("a request's body", () => {
  const open = (handler: (exchange: Exchange) => unknown, limits: Partial<Limits>) =>
    createTenancy({
      router: Router<Exchange>().put("/", handler).get("/readyz", ready),
      limits: { bodyBytes: BYTES, ...limits },
    });
  const send = (tenancy: ReturnType<typeof open>, body: ReadableStream<Uint8Array>) => {
    const init: RequestInit & { duplex: "half" } = { method: "PUT", body, duplex: "half" };
    return tenancy.fetch(new Request("http://localhost/", init), NO_DATABASE);
  };
  const codeOf = async (response: Promise<Response>): Promise<unknown> =>
    Reflect.get(Object(await (await response).json()), "code");

  for (const [what, read] of Object.entries(READERS)) {
    it(`fetch() takes no more of a body than it may have through ${what}`, async () => {
      const chunks = new Chunks(1_000_000);
      expect(await codeOf(send(open(read, {}), chunks.stream))).to.equal("BODY_TOO_LARGE");
      expect(chunks.taken).to.be.at.most(BYTES * 3);
    });

    it(`fetch() waits no longer for a body than it may take through ${what}`, async () => {
      const chunks = new Chunks(200, true);
      const tenancy = open(read, { bodyMs: 100 });
      expect(await codeOf(send(tenancy, chunks.stream))).to.equal("BODY_TIMEOUT");
    });
  }

  it("fetch() serves others while any number of bodies lie half sent, whatever may be in flight", async () => {
    const tenancy = open(READERS["readJson()"] as never, { inFlight: 2, bodyMs: 60_000 });
    const half = Array.from({ length: 50 }, () => new Chunks(100, true));
    for (const { stream } of half) void send(tenancy, stream);
    await until("the bodies are not read", () => half.every(({ taken }) => taken > 0));
    const answering = { send: async () => ({ entered: undefined, results: [] }) };
    const other = new Request("http://localhost/readyz");
    expect((await tenancy.fetch(other, answering as unknown as Database)).status).to.equal(200);
  });
});
