// The operator page's server: who gets in, from where, and what the browser is told. Each rule is tried by
// breaking it alone, in a request that is whole otherwise.

import { expect } from "chai";
import {
  type ConsoleAnswer,
  openTestConsole,
  type TestConsole,
} from "../support/console/console.ts";
import { useDatabase } from "../support/database/database.ts";

describe("console safety", () => {
  const database = useDatabase({ acme: "acme.example.com" });
  let console: TestConsole;

  before(async () => {
    console = await openTestConsole(database.adminUrl);
  });

  after(() => console.close());

  const statusOf = async (): Promise<unknown> =>
    (await database.sql("select status from rowhouse.tenant where schema_name = 'acme'"))[0];

  /** Suspends the tenant, with the headers changed. */
  const change = (
    headers: Readonly<Record<string, string | undefined>>,
    body = "{}",
    method = "POST",
    path = "/tenants/acme/suspend",
  ): Promise<ConsoleAnswer> => {
    const all = Object.entries({ ...console.changeHeaders(), ...headers });
    const sent = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
    const text = method === "GET" ? {} : { body };
    return console.send({ method, path, headers: Object.fromEntries(sent), ...text });
  };

  const refuses = async (answer: Promise<ConsoleAnswer>, status: number): Promise<void> => {
    const { status: given, json, headers } = await answer;
    expect(given).to.equal(status);
    expect(json)
      .to.have.property("detail")
      .that.matches(/^Cannot /);
    expect(headers).to.not.have.property("access-control-allow-origin");
    expect(await statusOf()).to.deep.equal({ status: "active" });
  };

  it("takes the change that the following ones break: it is the rule that refuses them", async () => {
    expect((await change({})).status).to.equal(200);
    expect(await statusOf()).to.deep.equal({ status: "suspended" });
    expect((await console.post("/tenants/acme/resume")).status).to.equal(200);
  });

  it("refuses a change from another origin, from none, and from the opaque one", async () => {
    await refuses(change({ origin: "http://evil.example" }), 403);
    await refuses(change({ origin: `http://127.0.0.1:${console.port + 1}` }), 403);
    await refuses(change({ origin: `https://127.0.0.1:${console.port}` }), 403);
    await refuses(change({ origin: "null" }), 403);
    await refuses(change({ origin: undefined }), 403);
  });

  it("refuses what the browser says another site has sent, reading included", async () => {
    for (const site of ["cross-site", "same-site", "none"]) {
      await refuses(change({ "sec-fetch-site": site }), 403);
    }
    for (const site of ["cross-site", "same-site"]) {
      const headers = { ...console.readHeaders(), "sec-fetch-site": site };
      await refuses(console.send({ path: "/api/fleet", headers }), 403);
    }
  });

  it("refuses every other Host, with the cookie and the origin to go with it", async () => {
    const { port } = console;
    const names = [
      "evil.example",
      "127.0.0.1.evil.example",
      "127.0.0.2",
      "[::1]",
      "0.0.0.0",
      "a@127.0.0.1",
    ];
    const hosts = [...names.map((name) => `${name}:${port}`), `127.0.0.1:${port + 1}`, "127.0.0.1"];
    for (const host of hosts) {
      await refuses(change({ host, origin: `http://${host}` }), 421);
      const headers = { ...console.readHeaders(), host };
      await refuses(console.send({ path: "/api/fleet", headers }), 421);
    }
    const host = `localhost:${port}`;
    const headers = { ...console.readHeaders(), host };
    expect((await console.send({ path: "/api/fleet", headers })).status).to.equal(200);
  });

  it("refuses a body that a form could send, one that is none, and one that is too large", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      await refuses(change({ "content-type": type }), 415);
    }
    await refuses(change({ "content-type": undefined }), 415);
    const own = "/api/tenants/acme/rename";
    for (const body of ["", "nonsense", "[]", "null", '"text"'])
      await refuses(change({}, body, "POST", own), 400);
    const large = JSON.stringify({ padding: "x".repeat(70_000) });
    await refuses(change({}, large, "POST", own), 413);
    await refuses(change({}, large, "PATCH", "/tenants/acme"), 413);
  });

  it("changes nothing by another method than the route's, whatever comes with it", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      await refuses(change({}, "{}", method), 405);
      await refuses(change({}, "{}", method, "/api/tenants/acme/rename"), 404);
    }
  });

  it("answers nothing without its cookie, the page's own files included", async () => {
    const paths = [
      "/",
      "/vendor/uplot.js",
      "/api/fleet",
      "/api/tenants/acme",
      "/tenants/acme",
      "/api/events",
      "/no",
    ];
    const cookies = ["", "rowhouse_console=x", `${console.cookie}x`, console.cookie.slice(0, -1)];
    for (const path of paths) {
      for (const cookie of cookies) {
        const headers = { ...console.readHeaders(), cookie };
        await refuses(console.send({ path, headers }), 401);
      }
    }
    await refuses(change({ cookie: undefined }), 401);
    const others = { ...console.readHeaders(), cookie: `theme=dark; ${console.cookie}; x=y` };
    expect((await console.send({ path: "/api/fleet", headers: others })).status).to.equal(200);
  });

  it("tells a person without a session what to do, in a page that runs nothing", async () => {
    const headers = { accept: "text/html,application/xhtml+xml" };
    const { status, text, headers: answered } = await console.send({ path: "/", headers });
    expect(status).to.equal(401);
    expect(text).to.include("start the console again");
    expect(answered["content-type"]).to.equal("text/html; charset=utf-8");
    expect(answered["content-security-policy"]).to.match(/^default-src 'none'/);
  });

  it("serves the files of its list and no other, however the path is written", async () => {
    const { cookie } = console;
    const script = await console.send({ path: "/vendor/uplot.js", headers: { cookie } });
    expect(script.status).to.equal(200);
    expect(script.headers["content-type"]).to.equal("text/javascript; charset=utf-8");
    expect(script.text).to.include("uPlot");
    const page = await console.send({ path: "/", headers: { cookie } });
    expect(page.headers["content-type"]).to.equal("text/html; charset=utf-8");
    const paths = [
      ...[
        "/package.json",
        "/page/",
        "/page/index.html/",
        "/page/../server.js",
        "/page/..%2fserver.js",
      ],
      ...["/page/%2e%2e/server.js", "//etc/passwd", "/page//etc/passwd", "/page/..\\server.js"],
      ...["/vendor/../../package.json", "/page/main.ts", "/page/main.d.ts", "/page/tsconfig.json"],
      ...["/page/constructor", "/__proto__", "/page/index.html%00.js"],
    ];
    const headers = console.readHeaders();
    for (const path of paths) {
      expect((await console.send({ path, headers })).status, path).to.equal(404);
    }
    // In absolute form a target has a host of its own, which opens nothing.
    const absolute = `http://evil.example/../../../../etc/passwd`;
    expect((await console.send({ path: absolute, headers })).status).to.equal(404);
  });

  it("sends the strict policy with every answer, and lets nobody keep an answer of the API", async () => {
    const whole = console.readHeaders();
    for (const [path, headers] of [
      ["/", whole],
      ["/api/fleet", whole],
      ["/api/fleet", {}],
      ["/api/fleet", { host: "evil.example" }],
      ["/enter?token=x", {}],
      ["/api/nothing", whole],
    ] as const) {
      const answer = await console.send({ path, headers });
      expect(answer.headers["content-security-policy"], path).to.equal(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
          "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      );
      expect(answer.headers).to.include({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": path === "/" ? "no-cache" : "no-store",
      });
    }
  });

  it("keeps an error of the database to the terminal, and the page's line to one of its own", async () => {
    await database.sql("alter table rowhouse.tenant rename column peer to peer_of_a_secret");
    try {
      const { status, text } = await console.send({
        path: "/api/tenants/acme",
        headers: console.readHeaders(),
      });
      expect(status).to.equal(500);
      expect(JSON.parse(text)).to.deep.equal({
        type: "about:blank",
        title: "Internal Server Error",
        status: 500,
        detail: "Cannot finish: an unexpected error; the console's terminal shows it",
      });
      expect(console.notes.at(-1)).to.include('column "peer" does not exist');
    } finally {
      await database.sql("alter table rowhouse.tenant rename column peer_of_a_secret to peer");
    }
  });
});
