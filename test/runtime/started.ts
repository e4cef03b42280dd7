// Programs of an application that a test has started, followed to their end.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { sendHttp } from "../support/program/service.ts";
import { until } from "../support/until.ts";

/** All that a program prints, and its end. */
export function follow(child: ChildProcess): {
  readonly output: () => string;
  readonly ended: Promise<unknown>;
} {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => (output += part));
  }
  return { output: () => output, ended: once(child, "close") };
}

/** Waits until the program serves, adds a note to the first tenant, and ends the program. */
export async function expectNotesApart(
  child: ChildProcess,
  ready: RegExp,
  port: number,
  [one, two]: readonly [string, string],
): Promise<void> {
  const { output, ended } = follow(child);
  const note = `a note of ${child.spawnargs.join(" ")}`;
  const send = (host: string, method: string, body?: string) =>
    sendHttp(port, host, method, "/notes", body);
  try {
    await until(
      "the application does not serve",
      () => ready.test(output()) || child.exitCode !== null,
    );
    const before = (await send(two, "GET")).text;
    const added = await send(one, "POST", JSON.stringify(note));
    expect(added.status, added.text + output()).to.equal(201);
    expect((await send(one, "GET")).text).to.include(note);
    expect((await send(two, "GET")).text).to.equal(before);
    expect((await send("nobody.example", "GET")).status).to.equal(404);
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}
