// The program behind npm start: how it starts, what it makes of hosts as they come over the wire, and
// how it ends.

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { sendRaw } from "../support/network/raw-http.ts";
import { type ServiceProcess, startService } from "../support/program/service.ts";

describe("the Node entry", () => {
  const database = useDatabase({ acme: "acme.example", other: "other.example" });
  let service: ServiceProcess;

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-secret-"));
    const file = join(folder, "url");
    await writeFile(file, `${database.serviceUrl}\n`);
    service = await startService("", { DATABASE_URL_FILE: file });
    await service.request("acme.example", "PUT", "/data/1", '{"value":11}');
  });

  after(async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  });

  const get = (target: string, ...headers: string[]): Promise<string> =>
    sendRaw(
      service.port,
      [`GET ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n"),
    );

  /** The status of a raw answer, and its problem's code or its value. */
  const outcome = (answer: string): unknown[] => {
    const body = JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1)) as {
      code?: string;
      value?: number;
    };
    return [Number(answer.slice(9, 12)), body.code ?? body.value];
  };

  it("reads its URL from the file that DATABASE_URL_FILE names, and refuses both", async () => {
    expect((await service.request("acme.example", "GET", "/data/1")).status).to.equal(200);
    const both = await startService(database.serviceUrl, { DATABASE_URL_FILE: "url" }).catch(
      String,
    );
    expect(both).to.match(
      /: Cannot read DATABASE_URL: DATABASE_URL and DATABASE_URL_FILE are both set;[^\n]+\n$/,
    );
  });

  it("says every problem of its configuration at once, without secrets", async () => {
    const failure = await startService("postgres://app:planted-secret@", {
      MAX_IN_FLIGHT: "none",
      LOG_LEVEL: "loud",
    }).catch((error: unknown) => String(error));
    expect(failure).to.include("Cannot read DATABASE_URL: ");
    expect(failure).to.include('Cannot read MAX_IN_FLIGHT: "none" is not a whole number');
    expect(failure).to.include('Cannot read LOG_LEVEL: "loud" is not one of');
    expect(failure).not.to.include("planted-secret");
  });

  it("says in one line that its port is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const failure = await startService(database.serviceUrl, { PORT: port }).catch(String);
    holder.close();
    expect(failure).to.equal(
      `Error: The service did not start: Cannot listen: port ${port} on 127.0.0.1 is in use; ` +
        "set PORT to another\n",
    );
  });

  it("takes the host from the one Host header, in any case and with a trailing dot", async () => {
    expect(outcome(await get("/data/1", "Host: acme.example"))).to.deep.equal([200, 11]);
    expect(outcome(await get("/data/1", "hOST:  ACME.Example. "))).to.deep.equal([200, 11]);
    expect(outcome(await get("/data/1", "Host: acme.example:8080"))).to.deep.equal([200, 11]);
    expect(outcome(await get("/data/1", "Host: other.example"))).to.deep.equal([404, "NOT_FOUND"]);
  });

  it("refuses a request without a host, with a malformed one, or with two", async () => {
    const invalid = [400, "HOST_INVALID"];
    expect(outcome(await get("/data/1"))).to.deep.equal(invalid);
    expect(outcome(await get("/data/1", "Host:"))).to.deep.equal(invalid);
    expect(outcome(await get("/data/1", "Host: acme..example"))).to.deep.equal(invalid);
    expect(outcome(await get("/data/1", "Host: acme.example@x"))).to.deep.equal(invalid);
    const two = ["Host: acme.example", "Host: other.example"];
    expect(outcome(await get("/data/1", ...two))).to.deep.equal(invalid);
  });

  it("takes a target in absolute form only where no Host header says otherwise", async () => {
    const target = "http://acme.example/data/1";
    expect(outcome(await get(target, "Host: acme.example"))).to.deep.equal([200, 11]);
    expect(outcome(await get(target, "Host: other.example"))).to.deep.equal([400, "HOST_INVALID"]);
    expect(outcome(await get(target))).to.deep.equal([200, 11]);
    const user = "http://other.example@acme.example/data/1";
    expect(outcome(await get(user))).to.deep.equal([400, "HOST_INVALID"]);
  });

  it("takes no host from X-Forwarded-Host, unless the proxy is trusted", async () => {
    const headers = ["Host: other.example", "X-Forwarded-Host: acme.example"];
    expect(outcome(await get("/data/1", ...headers))).to.deep.equal([404, "NOT_FOUND"]);
    const trusting = await startService(database.serviceUrl, { TRUST_PROXY: "true" });
    try {
      const forwarded = (...more: string[]): Promise<string> =>
        sendRaw(
          trusting.port,
          ["GET /data/1 HTTP/1.1", ...more, "Connection: close", "", ""].join("\r\n"),
        );
      const answer = await forwarded(...headers, "X-Request-Id: from-the-proxy");
      expect(outcome(answer)).to.deep.equal([200, 11]);
      expect(answer).to.include("x-request-id: from-the-proxy\r\n");
      const both = await forwarded(...headers, "X-Forwarded-Host: other.example");
      expect(outcome(both)).to.deep.equal([400, "HOST_INVALID"]);
    } finally {
      await trusting.stop();
    }
  });

  it("answers odd targets with problem+json", async () => {
    const host = "Host: acme.example";
    for (const target of ["/data\\1", "*", "//data/1/2", "/%", "/data/1/2/3", "/?a=%zz"]) {
      const answer = await get(target, host);
      expect(outcome(answer), target).to.deep.equal([404, "PATH_NOT_FOUND"]);
      expect(answer.toLowerCase()).to.include("content-type: application/problem+json");
    }
  });

  it("refuses a body over the limit, announced or not", async () => {
    const over = 131_073;
    const announced = await sendRaw(
      service.port,
      `PUT /data/1 HTTP/1.1\r\nHost: acme.example\r\nContent-Length: ${over}\r\nConnection: close\r\n\r\n`,
    );
    expect(outcome(announced)).to.deep.equal([413, "BODY_TOO_LARGE"]);
    const chunk = `${over.toString(16)}\r\n${"1".repeat(over)}\r\n0\r\n\r\n`;
    const chunked = await sendRaw(
      service.port,
      "PUT /data/1 HTTP/1.1\r\nHost: acme.example\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
        chunk,
    );
    expect(outcome(chunked)).to.deep.equal([413, "BODY_TOO_LARGE"]);
    expect(outcome(await get("/data/1", "Host: acme.example"))).to.deep.equal([200, 11]);
  });

  it("finishes what runs on SIGTERM, refuses what comes, and exits 0", async () => {
    const draining = await startService(database.serviceUrl);
    // A row lock holds the request at the database until the test lets it go.
    const locker = await database.openClient();
    await locker.query("begin");
    await locker.query("update acme.data set value = value where key = 1");
    const slow = draining.request("acme.example", "PUT", "/data/1", '{"value":12}');
    await locker.waitUntilBlocked("acme");
    const stopped = draining.stop();
    await draining.printed('"event":"draining"');
    const late = await draining.request("acme.example", "GET", "/data/1").catch(String);
    expect(late).to.match(/ECONNREFUSED|ECONNRESET|socket hang up/);
    await locker.query("commit");
    expect((await slow).status).to.equal(200);
    expect(await stopped).to.equal(0);
    expect(draining.output()).to.include('"event":"drained"');
    await locker.end();
    await service.request("acme.example", "PUT", "/data/1", '{"value":11}');
  });

  it("logs one JSON line for each request, without values", async () => {
    await service.request("acme.example", "PUT", "/data/987654321", '{"value":123456789}');
    const answer = await service.request("acme.example", "GET", "/data/987654321?after=55555");
    const id = String(answer.headers["x-request-id"]);
    await service.printed(id);
    const lines = service.output().trim().split("\n");
    const line = JSON.parse(lines.find((text) => text.includes(id)) ?? "") as object;
    expect(line).to.have.all.keys(
      ...[
        "time",
        "level",
        "event",
        "requestId",
        "method",
        "route",
        "host",
        "tenant",
        "status",
        "ms",
      ],
    );
    expect(line).to.include({
      level: "info",
      method: "GET",
      route: "/data/:key",
      host: "acme.example",
      tenant: "acme",
      status: 200,
    });
    expect(service.output()).not.to.match(/987654321|123456789|55555|planted-password/);
  });
});
