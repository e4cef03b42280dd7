// The operator page's session: the token is worth two secrets, once, and neither opens the API without the other. A
// browser sends the cookie to every port of this host, so another server on this machine is taken to have it, and to
// send any header that it likes.

import { expect } from "chai";
import { findKey, openTestConsole, type TestConsole } from "../support/console/console.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";

const FILES = ["/", "/page/main.js", "/page/key.js", "/vendor/uplot.js"];
const READS = [
  "/api/fleet",
  "/api/fleet/sizes",
  "/api/traffic",
  "/api/tenants",
  "/api/tenants/acme",
  "/tenants",
  "/tenants/acme",
  "/api/jobs",
  "/api/migrations",
  "/api/events",
  "/api/nothing",
  "/nothing",
];
const CHANGES: Readonly<Record<string, object>> = {
  "POST /tenants": { schemaName: "stolen", hosts: ["stolen.example.com"] },
  "POST /tenants/acme/suspend": {},
  "POST /tenants/acme/resume": {},
  "PATCH /tenants/acme": { readOnly: true },
  "PATCH /tenants/acme/settings": { set: { plan: "stolen" } },
  "PUT /tenants/acme/hosts/stolen.example.com": {},
  "DELETE /tenants/acme/hosts/acme.example.com": {},
  "POST /api/tenants/acme/rename": { schemaName: "stolen" },
  "POST /api/tenants/acme/export": {},
  "POST /api/tenants/acme/drop": { confirm: "acme", backup: false },
  "POST /api/migrations/start": {},
  "POST /api/migrations/stop": {},
  "POST /api/jobs/1/stop": {},
};

describe("console session", () => {
  let database: TestDatabase;
  let console: TestConsole;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example.com" });
    console = await openTestConsole(database.adminUrl);
  });

  after(async () => {
    await console.close();
    await database.drop();
  });

  const registryOf = (): Promise<readonly object[]> =>
    database.sql(
      "select t.*, d.host from rowhouse.tenant as t join rowhouse.domain as d using (schema_name)",
    );

  /** Tries every path of the API, with the headers of the page in all but what `headers` replaces. */
  const reachesNothing = async (headers: Readonly<Record<string, string>>): Promise<void> => {
    const before = await registryOf();
    const { cookie: _, authorization: __, ...rest } = console.changeHeaders();
    const sent = { ...rest, ...headers };
    const refused = async (method: string, path: string, body?: object): Promise<void> => {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await console.send({ method, path, headers: sent, ...text });
      expect(answer.status, `${method} ${path}`).to.equal(401);
      expect(answer.headers["www-authenticate"]).to.equal("Bearer");
      if (method !== "HEAD") expect(answer.json).to.have.property("detail").that.includes("Cannot");
    };
    for (const path of READS) {
      await refused("GET", path);
      await refused("HEAD", path);
    }
    for (const [line, body] of Object.entries(CHANGES)) {
      const [method = "", path = ""] = line.split(" ");
      await refused(method, path, body);
    }
    expect(await registryOf()).to.deep.equal(before);
    expect(await console.get("/api/jobs")).to.deep.equal([]);
  };

  it("hasKey() refuses a cookie that another port has replayed, on every path that is not a file", async () => {
    await reachesNothing({ cookie: console.cookie });
  });

  it("hasCookie() refuses the key alone, files included", async () => {
    const { authorization = "" } = console.readHeaders();
    await reachesNothing({ authorization });
    for (const path of FILES) {
      expect((await console.send({ path, headers: { authorization } })).status).to.equal(401);
    }
  });

  it("hasKey() refuses every other text, and the key in every other place", async () => {
    const { cookie, key } = console;
    const token = console.url.searchParams.get("token") ?? "";
    const [, value = ""] = cookie.split("=");
    const wrong = [
      ...["", "Bearer", "Bearer ", key, `Basic ${key}`, `Bearer ${key}x`, `Bearer  ${key}`],
      ...[`Bearer ${key.slice(0, -1)}`, `Bearer ${token}`, `Bearer ${value}`],
      ...[`Bearer ${key}, Bearer ${key}`, `Bearer ${key.toLowerCase()}`],
    ];
    for (const authorization of wrong) {
      const headers = { cookie, authorization };
      const { status } = await console.send({ path: "/api/fleet", headers });
      expect(status, authorization).to.equal(401);
    }
    for (const path of [`/api/fleet?key=${key}`, `/api/fleet?authorization=Bearer%20${key}`]) {
      expect((await console.send({ path, headers: { cookie } })).status).to.equal(401);
    }
    const inCookie = { cookie: `${cookie}; key=${key}; authorization=Bearer ${key}` };
    expect((await console.send({ path: "/api/fleet", headers: inCookie })).status).to.equal(401);
    const headers = { cookie, authorization: `bearer ${key}` };
    expect((await console.send({ path: "/api/fleet", headers })).status).to.equal(200);
  });

  it("enter() exchanges the printed token for a cookie and a key, once", async () => {
    const locked = await openTestConsole(database.adminUrl, { locked: true });
    try {
      const path = `${locked.url.pathname}${locked.url.search}`;
      const token = locked.url.searchParams.get("token") ?? "";
      expect(Buffer.from(token, "base64url")).to.have.length(32);
      for (const wrong of ["/enter", "/enter?token=", `${path}x`, path.slice(0, -1)]) {
        expect((await locked.send({ path: wrong })).status).to.equal(401);
      }
      expect((await locked.send({ method: "HEAD", path })).status).to.equal(401);
      const first = await locked.send({ path });
      expect(first.status).to.equal(200);
      expect(first.headers["cache-control"]).to.equal("no-store");
      const [cookie = ""] = first.headers["set-cookie"] ?? [];
      expect(cookie.split("; ").slice(1)).to.have.members([
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
      ]);
      const [pair = ""] = cookie.split(";");
      const key = findKey(first.text) ?? "";
      expect(Buffer.from(key, "base64url")).to.have.length(32);
      expect(new Set([key, token, pair.split("=")[1]])).to.have.length(3);
      const headers = { cookie: pair, authorization: `Bearer ${key}` };
      expect((await locked.send({ path: "/api/fleet", headers })).status).to.equal(200);
      const again = await locked.send({ path });
      expect(again.status).to.equal(401);
      expect(again.headers).to.not.have.property("set-cookie");
      expect(again.text).to.not.include(key);
      const asToken = { ...headers, cookie: `${pair.split("=")[0]}=${token}` };
      expect((await locked.send({ path: "/api/fleet", headers: asToken })).status).to.equal(401);
      // The browser that has entered may load the URL again, from its history say; so may who has its cookie.
      const replayed = await locked.send({ path, headers: { cookie: pair } });
      expect(replayed.status).to.equal(200);
      expect(replayed.headers).to.not.have.property("set-cookie");
      expect(replayed.text).to.not.include(key);
      expect(findKey(replayed.text)).to.equal(undefined);
    } finally {
      await locked.close();
    }
  });

  it("enter() answers one of several that come at once", async () => {
    const locked = await openTestConsole(database.adminUrl, { locked: true });
    try {
      const path = `${locked.url.pathname}${locked.url.search}`;
      const answers = await Promise.all([1, 2, 3, 4].map(() => locked.send({ path })));
      expect(answers.map(({ status }) => status)).to.have.members([200, 401, 401, 401]);
      expect(answers.filter(({ text }) => findKey(text) !== undefined)).to.have.length(1);
    } finally {
      await locked.close();
    }
  });

  it("createSession() makes secrets that open no other console", async () => {
    const other = await openTestConsole(database.adminUrl);
    try {
      const [name] = console.cookie.split("=");
      const own = console.readHeaders();
      const renamed = { ...own, cookie: `${name}=${other.cookie.split("=")[1]}` };
      const { authorization = "" } = other.readHeaders();
      for (const headers of [other.readHeaders(), renamed, { ...own, authorization }]) {
        expect((await console.send({ path: "/api/fleet", headers })).status).to.equal(401);
      }
    } finally {
      await other.close();
    }
  });
});
