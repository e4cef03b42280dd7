// The HTTP API of the admin library: what it creates and changes, and idempotence. Every answer is as described.

import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import type { ApiDocument } from "../../admin/api/description/description.ts";
import { type ApiAnswer, type LocalApi, openApi } from "../support/admin-api.ts";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";

describe("the admin API", () => {
  const database = useDatabase({ first: "first.example" });
  let api: LocalApi;
  let service: LocalService;

  before(async () => {
    api = await openApi(database.adminUrl);
    service = openService(database.serviceUrl);
  });

  after(async () => {
    await service.close();
    await api.close();
  });

  const create = (tenant: object): Promise<ApiAnswer> =>
    api.request("create", "POST", "/tenants", tenant);
  const get = async (host: string): Promise<number> =>
    (await service.request(host, "GET", "/data/1")).status;

  it("POST /tenants creates a tenant that the service answers for, and the same again is 200", async () => {
    const tenant = { schemaName: "acme", hosts: ["Acme.example", "www.acme.test"] };
    const owned = { ...tenant, settings: { owner: "user-17" } };
    const made = { schemaName: "acme", hosts: ["acme.example", "www.acme.test"] };
    const first = await create(owned);
    expect([first.status, first.json]).to.deep.equal([201, made]);
    expect((await service.request("acme.example", "PUT", "/data/1", { value: 5 })).status).to.equal(
      201,
    );
    expect(await get("www.acme.test")).to.equal(200);
    await api.request("settings", "PATCH", "/tenants/acme/settings", { set: { plan: "pro" } });
    const again = await create(owned);
    expect([again.status, again.json]).to.deep.equal([200, made]);
    expect(api.lines.find(({ event }) => event === "tenant changed")).to.include({
      actor: "create-token",
      verb: "add-tenant",
      tenant: "acme",
    });
    const events = await database.sql(
      "select actor, verb from rowhouse.event where schema_name = 'acme' order by at",
    );
    expect(events).to.deep.equal([
      { actor: "create-token", verb: "add-tenant" },
      { actor: "settings-token", verb: "set-tenant" },
    ]);
  });

  it("POST /tenants answers 409 for another tenant of the name, another owner, and a host that is taken", async () => {
    const codeOf = async (tenant: object): Promise<unknown> => {
      const { status, code } = await create(tenant);
      return `${status} ${String(code)}`;
    };
    const hosts = ["acme.example"];
    const owner = { owner: "user-18" };
    expect(await codeOf({ schemaName: "acme", hosts: ["other.example"] })).to.equal(
      "409 NAME_TAKEN",
    );
    expect(await codeOf({ schemaName: "acme", hosts, settings: owner })).to.equal("409 NAME_TAKEN");
    expect(await codeOf({ schemaName: "second", hosts })).to.equal("409 HOST_TAKEN");
    const taken = await create({ schemaName: "second", hosts });
    expect(Reflect.get(Object(taken.json), "detail")).to.equal(
      'Cannot add host: "acme.example" already belongs to a tenant',
    );
    expect(await codeOf({ schemaName: "Second", hosts })).to.equal("400 NAME_INVALID");
    expect(await codeOf({ schemaName: "second", hosts: ["a..b"] })).to.equal("400 HOST_INVALID");
    for (const settings of [{ "": 1 }, { a: "\0" }, { a: ["\ud800"] }, { a: "x".repeat(9000) }]) {
      expect(await codeOf({ schemaName: "second", hosts, settings })).to.equal(
        "400 SETTINGS_INVALID",
      );
    }
    for (const body of [
      { schemaName: "second" },
      { schemaName: 2, hosts },
      { schemaName: "second", hosts: "a.example" },
      { schemaName: "second", hosts, setting: {} },
      [],
    ]) {
      expect(await codeOf(body)).to.equal("400 BODY_INVALID");
    }
    expect((await api.request("read", "HEAD", "/tenants/second")).status).to.equal(404);
  });

  it("two changes of one tenant at once: one is made, the other gets 409 and the time to wait", async () => {
    const tenant = { schemaName: "twice", hosts: ["twice.example"] };
    const answers = await Promise.all([create(tenant), create(tenant)]);
    const busy = answers.find(({ status }) => status === 409);
    expect(answers.map(({ status }) => status)).to.have.members([201, 409]);
    expect([busy?.code, busy?.headers["retry-after"]]).to.deep.equal(["TENANT_CHANGING", "1"]);
    expect(Reflect.get(Object(busy?.json), "detail")).to.include("add-tenant");
    expect((await create(tenant)).status).to.equal(200);
  });

  it("hosts, status and settings change the tenant for the service's next request", async () => {
    const path = "/tenants/first";
    const host = `${path}/hosts/${encodeURIComponent("[::1]:5000")}`;
    const added = await api.request("hosts", "PUT", host);
    expect([added.status, added.json]).to.deep.equal([
      201,
      { host: "[::1]:5000", schemaName: "first" },
    ]);
    expect((await api.request("hosts", "PUT", host)).status).to.equal(200);
    expect((await api.request("hosts", "PUT", `${path}/hosts/acme.example`)).code).to.equal(
      "HOST_TAKEN",
    );
    expect((await api.request("hosts", "DELETE", `${path}/hosts/acme.example`)).code).to.equal(
      "HOST_NOT_FOUND",
    );
    expect((await api.request("hosts", "DELETE", host)).status).to.equal(204);
    const suspended = await api.request("status", "POST", `${path}/suspend`);
    expect(suspended.json).to.deep.equal({
      schemaName: "first",
      status: "suspended",
      statementTimeoutMs: 10_000,
      stillRunning: 0,
    });
    expect(await get("first.example")).to.equal(403);
    expect((await api.request("status", "POST", `${path}/resume`)).status).to.equal(200);
    expect(await get("first.example")).to.equal(404);
    for (const [body, code] of [
      [{}, "BODY_INVALID"],
      [{ readOnly: "yes" }, "BODY_INVALID"],
      [{ statementTimeoutMs: "1" }, "BODY_INVALID"],
      [{ statementTimeoutMs: 0 }, "VALUE_INVALID"],
      [{ statementTimeoutMs: 1.5 }, "VALUE_INVALID"],
      [{ statementTimeoutMs: 86_400_001 }, "VALUE_INVALID"],
    ] as const) {
      expect((await api.request("status", "PATCH", path, body)).code).to.equal(code);
    }
    const closed = { readOnly: true, statementTimeoutMs: 1234 };
    expect((await api.request("status", "PATCH", path, closed)).json).to.deep.equal({
      schemaName: "first",
      status: "read_only",
      statementTimeoutMs: 1234,
      stillRunning: 0,
    });
    await api.request("status", "PATCH", path, { readOnly: false });
    const change = { set: { plan: "pro", trial: true }, unset: ["none"] };
    await api.request("settings", "PATCH", `${path}/settings`, change);
    const changed = await api.request("settings", "PATCH", `${path}/settings`, {
      unset: ["trial"],
    });
    expect(Reflect.get(Object(changed.json), "settings")).to.deep.equal({ plan: "pro" });
    expect((await api.request("settings", "PATCH", `${path}/settings`, { set: 1 })).code).to.equal(
      "BODY_INVALID",
    );
    const read = await api.request("read", "GET", path);
    expect(read.json).to.deep.include({ hosts: ["first.example"], settings: { plan: "pro" } });
  });

  it("GET /tenants gives every tenant once, page by page", async () => {
    const names: unknown[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page = await api.request("read", "GET", `/tenants?limit=2&after=${next}`);
      const { items, next: after } = page.json as {
        items: { schemaName: string }[];
        next: string | null;
      };
      names.push(...items.map(({ schemaName }) => schemaName));
      next = after;
    }
    expect(names).to.deep.equal(["acme", "first", "twice"]);
    for (const query of ["limit=0", "limit=201", "limit=x", "after=a&after=b", "after=%00"]) {
      expect((await api.request("read", "GET", `/tenants?${query}`)).code).to.equal(
        "VALUE_INVALID",
      );
    }
  });

  it("GET /openapi.json is valid, and every route was answered as it says", async () => {
    expect((await api.request("", "GET", "/healthz")).json).to.deep.equal({ status: "ok" });
    const { json } = await api.request("", "GET", "/openapi.json");
    const document = json as ApiDocument;
    const result = await new Validator().validate(json as Record<string, unknown>);
    expect(result.errors).to.equal(undefined);
    const operations = Object.entries(document.paths).flatMap(([, methods]) =>
      Object.entries(methods).map(([method, { operationId, responses }]) => {
        return { method, operationId, responses };
      }),
    );
    const good = operations
      .filter(({ method }) => method !== "head")
      .flatMap(({ operationId, responses }) =>
        Object.keys(responses)
          .filter((status) => status.startsWith("2"))
          .map((status) => `${operationId} ${status}`),
      );
    expect(good.filter((answer) => !api.answered.has(answer))).to.deep.equal([]);
  });
});
