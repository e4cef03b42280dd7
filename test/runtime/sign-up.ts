// A sign-up on a runtime, which creates a tenant through the admin API as a program.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { addToken } from "../../admin/api/tokens/token-file.ts";
import { plant } from "../support/program/printed.ts";
import { sendHttp, type ServiceProcess, startService } from "../support/program/service.ts";

const ENTRY = new URL("../../admin/serve-admin.js", import.meta.url);

/** The admin API as a program. */
export interface AdminProgram {
  readonly program: ServiceProcess;
  /** Its address and a token that may create, as wrangler takes variables. */
  readonly variables: readonly string[];
  /** Ends it, unless it has ended, and removes its token file. */
  remove(): Promise<void>;
}

/**
 * Starts the admin API.
 * @param migrations the folder of the tenants' migrations
 */
export async function startAdmin(adminUrl: string, migrations: string): Promise<AdminProgram> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-admin-api-"));
  const file = join(folder, "tokens");
  const token = plant(await addToken(file, "sign-up", "create"));
  const program = await startService(adminUrl, { TENANT_MIGRATIONS: migrations }, ENTRY, (port) => [
    ...["--token-file", file],
    ...["--port", String(port)],
  ]);
  return {
    program,
    variables: [`ADMIN_API_URL:http://127.0.0.1:${program.port}`, `ADMIN_API_TOKEN:${token}`],
    async remove() {
      if (program.child.exitCode === null) await program.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The running programs: the runtime's port, and the admin API. */
export interface SignUpStage {
  readonly port: number;
  readonly program: ServiceProcess | undefined;
}

/** Defines the test of a runtime that serves test/runtime/hono/worker.ts. It ends the admin API. */
export function describeSignUp(at: () => SignUpStage): void {
  const ask = async (host: string, path: string, body: string, user = "") => {
    const headers = { "x-user": user };
    const answer = await sendHttp(at().port, host, "POST", path, body, undefined, headers);
    return { ...answer, json: JSON.parse(answer.text) as unknown };
  };
  const signUp = (user: string) => ask("www.example.com", "/sign-up", '{"name":"third"}', user);

  it("signs up through the admin API, and the new tenant's host answers the next request", async () => {
    const { port, program } = at();
    const made = await signUp("ann");
    expect([made.status, made.json]).to.deep.equal([201, { host: "third.example.com" }]);
    expect((await ask("third.example.com", "/notes", '"hello"')).status).to.equal(201);
    const { text } = await sendHttp(port, "third.example.com", "GET", "/notes");
    expect(text).to.equal('[{"id":1,"text":"hello"}]');
    expect((await signUp("ann")).status).to.equal(201);
    expect((await signUp("bob")).json).to.include({ code: "NAME_TAKEN" });
    expect(await program?.stop()).to.equal(0);
    expect(program?.output()).to.include('"actor":"sign-up"');
    expect((await signUp("ann")).status).to.equal(503);
  });
}
