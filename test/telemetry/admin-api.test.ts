// Telemetry of the admin API as a program: the spans of its routes arrive at a collector.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { addToken } from "../../admin/api/tokens/token-file.ts";
import { type Collector, openCollector } from "../support/collector.ts";
import { useDatabase } from "../support/database/database.ts";
import { findLeaks, plant } from "../support/program/printed.ts";
import { type ServiceProcess, startService } from "../support/program/service.ts";

const ENTRY = new URL("../../admin/serve-admin.js", import.meta.url);
const TRACE = "0af7651916cd43dd8448eb211c80319c";

describe("exported telemetry of serve-admin", () => {
  const database = useDatabase({ acme: "acme.example" });
  let collector: Collector;
  let folder: string;
  let program: ServiceProcess;

  const start = (port?: number): Promise<ServiceProcess> =>
    startService(
      database.adminUrl,
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_SERVICE_NAME: "sign-ups" },
      ENTRY,
      (free) => ["--token-file", join(folder, "tokens"), "--port", String(port ?? free)],
    );

  before(async () => {
    collector = await openCollector();
    folder = await mkdtemp(join(tmpdir(), "rowhouse-admin-api-"));
  });

  after(async () => {
    await collector.close();
    await rm(folder, { recursive: true });
  });

  it("a span has the route, a link to its caller's trace, and metrics have the route, too", async () => {
    const token = plant(await addToken(join(folder, "tokens"), "sign-up"));
    program = await start();
    const { status } = await fetch(`http://127.0.0.1:${program.port}/tenants/acme/suspend`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      },
    });
    expect(status).to.equal(200);
    const taken = await start(program.port).catch(String);
    expect(taken).to.include(
      `Cannot listen: port ${program.port} on 127.0.0.1 is in use; set --port to another\n`,
    );
    expect(await program.stop()).to.equal(0);
    expect(collector.heard("/v1/traces"))
      .to.include("POST /tenants/:schemaName/suspend")
      .and.to.include("sign-ups")
      .and.to.include(Buffer.from(TRACE, "hex").toString("utf8"));
    expect(collector.heard("/v1/metrics")).to.include("/tenants/:schemaName/suspend");
    for (const { text } of collector.exports) expect(findLeaks(text)).to.deep.equal([]);
  });
});
