// Who may do what through the admin API, and how much: it answers before it asks a database, and here it has none.

import { expect } from "chai";
import { API_LIMITS } from "../../admin/api/api.ts";
import { describeApi } from "../../admin/api/description/description.ts";
import { SCOPES } from "../../admin/api/tokens/scope.ts";
import { AdminError } from "../../admin/registry/admin-error.ts";
import { type ApiAnswer, type LocalApi, openApi } from "../support/admin-api.ts";

const NOWHERE = "postgres://rowhouse@127.0.0.1:1/nowhere?sslmode=disable";

/** Every guarded route, with a request, and the scope that it needs. */
const ROUTES: readonly (readonly [string, string, string, unknown?])[] = [
  ["create", "POST", "/tenants", {}],
  ["read", "GET", "/tenants"],
  ["read", "HEAD", "/tenants"],
  ["read", "GET", "/tenants/nobody"],
  ["read", "HEAD", "/tenants/nobody"],
  ["hosts", "PUT", "/tenants/nobody/hosts/a.example"],
  ["hosts", "DELETE", "/tenants/nobody/hosts/a.example"],
  ["status", "POST", "/tenants/nobody/suspend"],
  ["status", "POST", "/tenants/nobody/resume"],
  ["status", "PATCH", "/tenants/nobody", {}],
  ["settings", "PATCH", "/tenants/nobody/settings", {}],
];

describe("access to the admin API", () => {
  let api: LocalApi;

  before(async () => {
    api = await openApi(NOWHERE);
  });

  after(() => api.close());

  const create = (tenant: object): Promise<ApiAnswer> =>
    api.request("create", "POST", "/tenants", tenant);

  it("the table of routes has every route that needs a token", () => {
    const { paths } = describeApi(API_LIMITS.bodyBytes);
    const needed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security.map(({ token = [] }) => `${token.join()} ${method} ${path}`),
      ),
    );
    const tried = ROUTES.map(([scope, method, path]) => {
      const template = path.replace("nobody", "{schemaName}").replace("a.example", "{host}");
      return `${scope} ${method.toLowerCase()} ${template}`;
    });
    expect(tried).to.have.members(needed);
  });

  it("a token does what its scope says, and nothing else; the answer names the scope that it lacks", async () => {
    for (const [needed, method, path, body] of ROUTES) {
      for (const scope of SCOPES) {
        const { status, headers, json } = await api.request(scope, method, path, body);
        const allowed = scope === needed || scope === "all";
        expect(status === 403, `${scope}: ${method} ${path}`).to.equal(!allowed);
        if (allowed) continue;
        expect(headers["www-authenticate"]).to.include(`scope="${needed}"`);
        if (method !== "HEAD")
          expect(Reflect.get(Object(json), "detail")).to.include(`"${needed}"`);
      }
      for (const wrong of ["", "rowhouse_wrong"]) {
        expect((await api.request(wrong, method, path, body)).status).to.equal(401);
      }
    }
  });

  it("paths and methods that the API does not have are 404 and 405; health and description take no token", async () => {
    expect((await api.request("all", "GET", "/")).code).to.equal("PATH_NOT_FOUND");
    expect((await api.request("all", "DELETE", "/tenants/first")).code).to.equal(
      "METHOD_NOT_ALLOWED",
    );
    expect((await api.request("", "GET", "/healthz")).status).to.equal(200);
    expect((await api.request("", "GET", "/openapi.json")).status).to.equal(200);
  });

  it("bounds a token's rate, a body's size, and what is in progress", async () => {
    const large = { schemaName: "large", hosts: ["x".repeat(70_000)] };
    expect((await create(large)).code).to.equal("BODY_TOO_LARGE");
    const many = Array.from({ length: 17 }, (_, index) =>
      api.request("create", "POST", "/tenants", { schemaName: `Bad${index}`, hosts: [] }),
    );
    expect((await Promise.all(many)).map(({ code }) => code)).to.include("OVERLOADED");
    const slow = await openApi(NOWHERE, { perSecond: 2 });
    try {
      const answers = [];
      for (let sent = 0; sent < 3; sent += 1) {
        answers.push(await slow.request("read", "GET", "/tenants/nobody"));
      }
      expect(answers.map(({ code }) => code)).to.deep.equal([
        "DATABASE_UNAVAILABLE",
        "DATABASE_UNAVAILABLE",
        "RATE_EXCEEDED",
      ]);
      expect(answers[2]?.headers["retry-after"]).to.equal("1");
      expect((await slow.request("all", "GET", "/tenants/nobody")).status).to.equal(503);
    } finally {
      await slow.close();
    }
  });

  it("tokens that cannot be read let no request in", async () => {
    const read = (): Promise<never> => Promise.reject(new AdminError("Cannot read tokens: broken"));
    const broken = await openApi(NOWHERE, { tokens: { read } });
    try {
      expect((await broken.request("all", "GET", "/tenants")).code).to.equal("TOKENS_UNREADABLE");
    } finally {
      await broken.close();
    }
  });

  it("answers 503 once it drains", async () => {
    await api.drain();
    expect((await api.request("read", "GET", "/tenants")).code).to.equal("OVERLOADED");
  });
});
