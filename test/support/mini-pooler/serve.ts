// One client of the mini pooler: its login, and its messages one after the other.

import type { Socket } from "node:net";
import { FrameReader, type RawFrame } from "./frames.ts";
import type { Backend, Pool } from "./pool.ts";

/** What a client may expect. */
export interface ClientRules {
  /** When a client gives its server connection back. */
  readonly mode: "session" | "transaction" | "statement";
  /** Whether a client is given the key of the server connection that it gets first. */
  readonly serversKey?: true;
}

const frame = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const AUTHENTICATED = frame("R", Buffer.alloc(4));
const PARAMETERS = ["client_encoding\0UTF8\0", "standard_conforming_strings\0on\0"].map((text) =>
  frame("S", Buffer.from(text)),
);
const READY = frame("Z", Buffer.from("I"));
const ROLLBACK = frame("Q", Buffer.from("rollback\0"));
const DISCARD = frame("Q", Buffer.from("discard all\0"));

/** Serves a client of the pooler until it goes. */
export async function serve(
  socket: Socket,
  pool: Pool,
  rules: ClientRules,
  id: number,
): Promise<void> {
  const reader = new FrameReader(socket);
  await reader.startup();
  let backend: Backend | undefined;
  let key = Buffer.alloc(8, id);
  if (rules.mode === "session" || rules.serversKey) {
    backend = await pool.take();
    if (rules.serversKey) key = Buffer.from(backend.key);
  }
  socket.write(Buffer.concat([AUTHENTICATED, ...PARAMETERS, frame("K", key), READY]));
  let busy = false;
  let state = "I";
  // What it waits for has no receiver any more, and a server that is told so gives it up.
  socket.once("close", () => {
    if (busy) backend?.socket.destroy();
  });
  try {
    if (rules.mode !== "session" && backend) {
      pool.give(backend);
      backend = undefined;
    }
    for (;;) {
      const unit = await readUnit(reader);
      if (unit === undefined) break;
      backend ??= await pool.take();
      busy = true;
      state = await exchange(backend, unit, socket);
      busy = false;
      if (rules.mode === "session" || (rules.mode === "transaction" && state !== "I")) continue;
      if (state !== "I") state = await exchange(backend, [ROLLBACK]);
      pool.give(backend);
      backend = undefined;
    }
  } finally {
    if (backend && rules.mode === "session" && !busy) {
      if (state !== "I") await exchange(backend, [ROLLBACK]);
      await exchange(backend, [DISCARD]);
      pool.give(backend);
    } else if (backend) await pool.drop(backend);
    socket.destroy();
  }
}

/** What a client sends up to where it waits for ReadyForQuery; undefined at its end. */
async function readUnit(reader: FrameReader): Promise<Buffer[] | undefined> {
  const unit: Buffer[] = [];
  for (;;) {
    const next: RawFrame | undefined = await reader.next();
    if (next === undefined || next.type === "X") return undefined;
    unit.push(next.bytes);
    if (next.type === "Q" || next.type === "S") return unit;
  }
}

/** Sends a unit and passes its answer on, and returns the state of the transaction. */
async function exchange(
  backend: Backend,
  unit: readonly Buffer[],
  client?: Socket,
): Promise<string> {
  backend.socket.write(Buffer.concat(unit));
  for (;;) {
    const answer = await backend.reader.next();
    if (answer === undefined) throw new Error("The server has gone");
    if (client?.destroyed) throw new Error("The client has gone");
    client?.write(answer.bytes);
    if (answer.type === "Z") return answer.bytes.toString("latin1", 5, 6);
  }
}
