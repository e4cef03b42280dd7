// The promise: fetch() answers, whatever a handler throws or returns, with one line in the log.

import { expect } from "chai";
import { Router } from "itty-router";
import type { Database } from "../../src/database/database.ts";
import { AppError, defineErrors } from "../../src/errors.ts";
import type { Exchange, TenantExchange } from "../../src/http/exchange.ts";
import { createTenancy } from "../../src/http/tenancy.ts";
import { withTenant } from "../../src/http/with-tenant.ts";
import { createLog } from "../../src/log.ts";

const NO_DATABASE = {} as Database;
const { NOTE_LOCKED } = defineErrors({ NOTE_LOCKED: { status: 409, title: "The note is locked" } });

class Hostile extends Error {
  override get message(): string {
    throw new Error("again");
  }
}

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const THROWN: Readonly<Record<string, unknown>> = {
  "an error": new Error("planted"),
  "a text": "planted",
  nothing: undefined,
  null: null,
  "an object without a prototype": Object.create(null) as unknown,
  "a proxy that answers nothing": revoked,
  "an error whose message throws": new Hostile(),
  "an error whose code is of no table": Object.assign(new Error("planted"), { code: "NOTE_GONE" }),
  "an AppError whose definition is gone": Object.defineProperty(
    new AppError("INTERNAL", "Cannot"),
    "definition",
    { value: undefined },
  ),
  "an AppError with a status that is none": Object.defineProperty(
    new AppError("INTERNAL", "Cannot"),
    "definition",
    { value: { code: "A", status: 99, title: "A" } },
  ),
  "an AppError with a header that is none": new AppError("INTERNAL", "Cannot", {
    headers: { "a b": "\n" },
  }),
};

const RETURNED: Readonly<Record<string, () => unknown>> = {
  "a function": () => () => {},
  "a cycle": () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    return cycle;
  },
  "a bigint": () => 1n,
  "a response that was read": () => {
    const response = new Response("a");
    void response.text();
    return response;
  },
};

describe("fetch()", () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog("info", (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  const ask = async (handler: (exchange: Exchange) => unknown): Promise<[number, unknown]> => {
    lines.length = 0;
    const tenancy = createTenancy({ router: Router<Exchange>().get("/", handler), log });
    const response = await tenancy.fetch(new Request("http://localhost/"), NO_DATABASE);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(response.headers.get("content-type")).to.equal("application/problem+json");
    expect(JSON.stringify([problem, lines])).to.not.include("planted");
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({
      event: "request",
      status: response.status,
      code: problem["code"],
    });
    return [response.status, problem["code"]];
  };

  for (const [what, thrown] of Object.entries(THROWN)) {
    it(`fetch() answers 500 INTERNAL where a handler throws ${what}`, async () => {
      const throwing = () => {
        throw thrown;
      };
      expect(await ask(throwing)).to.deep.equal([500, "INTERNAL"]);
      expect(await ask(() => Promise.reject(thrown))).to.deep.equal([500, "INTERNAL"]);
    });
  }

  for (const [what, make] of Object.entries(RETURNED)) {
    it(`fetch() answers 500 INTERNAL where a handler returns ${what}`, async () => {
      expect(await ask(make)).to.deep.equal([500, "INTERNAL"]);
    });
  }

  it("fetch() answers an application's own error with its status, code and title", async () => {
    const lock = () =>
      Promise.reject(new AppError(NOTE_LOCKED, "Cannot change note: it is locked"));
    expect(await ask(lock)).to.deep.equal([409, "NOTE_LOCKED"]);
  });

  it("fetch() says what to do where a handler asks for a tenant and its route has none", async () => {
    let message = "";
    const handler = (exchange: Exchange): void => {
      try {
        void (exchange as TenantExchange).tenant;
      } catch (error) {
        message = (error as Error).message;
        throw error;
      }
    };
    expect(await ask(handler)).to.deep.equal([500, "INTERNAL"]);
    expect(message).to.include("put withTenant before its handler");
  });

  it("withTenant() refuses an exchange that no tenancy made", () => {
    expect(() => withTenant({} as Exchange)).to.throw(TypeError, "not made by a tenancy");
  });

  it("fetch() answers where the log and the telemetry throw", async () => {
    const broken = (): never => {
      throw new Error("planted");
    };
    const tenancy = createTenancy({
      router: Router<Exchange>().get("/", () => ({ status: "ok" })),
      log: { write: broken },
      telemetry: { begin: () => ({ database: broken, end: broken }) },
    });
    const response = await tenancy.fetch(new Request("http://localhost/"), NO_DATABASE);
    expect([response.status, await response.json()]).to.deep.equal([200, { status: "ok" }]);
  });

  it("fetch() writes numbers that JSON does not have as PostgreSQL does", async () => {
    const values = { a: NaN, b: [Infinity, -Infinity], c: null };
    const tenancy = createTenancy({ router: Router<Exchange>().get("/", () => values) });
    const response = await tenancy.fetch(new Request("http://localhost/"), NO_DATABASE);
    expect(await response.json()).to.deep.equal({
      a: "NaN",
      b: ["Infinity", "-Infinity"],
      c: null,
    });
  });
});
