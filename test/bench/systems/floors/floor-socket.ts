// The least that a message can cost a program at all: the same bytes on plain sockets, one message in flight
// on each, and nothing read of an answer but its end. pg opens the connections, for its authentication.
// https://www.postgresql.org/docs/current/protocol-message-formats.html

import type { Socket } from "node:net";
import pg from "pg";
import { obey } from "./loop.ts";
import { recordMessage } from "./message.ts";
import { CONNECTIONS, databaseUrl } from "../setting.ts";

const READY_FOR_QUERY = 0x5a;
const READY_BYTES = 6; // its type, its length, the state of the transaction
const HEADER_BYTES = 5;

const message = await recordMessage();
const free: Line[] = [];
const waiting: ((line: Line) => void)[] = [];

/** One connection. */
class Line {
  readonly #socket: Socket;
  #done = (): void => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.removeAllListeners("data");
    socket.on("data", (chunk: Buffer) => {
      if (chunk.length >= READY_BYTES && chunk[chunk.length - READY_BYTES] === READY_FOR_QUERY) {
        this.#done();
      }
    });
  }

  ask(text: string): Promise<void> {
    const bytes = Buffer.allocUnsafe(HEADER_BYTES + text.length + 1);
    bytes[0] = 0x51; // Query
    bytes.writeInt32BE(text.length + HEADER_BYTES, 1);
    bytes.write(text, HEADER_BYTES, "latin1");
    bytes[bytes.length - 1] = 0;
    this.#socket.write(bytes);
    return new Promise((resolve) => (this.#done = resolve));
  }
}

for (let number = 0; number < CONNECTIONS; number += 1) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(message(1, 1)); // throws where Rowhouse's text is not answered
  // pg's types do not know it.
  free.push(new Line((client as unknown as { connection: { stream: Socket } }).connection.stream));
}

obey(async (tenant, key) => {
  const line = free.pop() ?? (await new Promise<Line>((resolve) => waiting.push(resolve)));
  await line.ask(message(tenant, key));
  const next = waiting.shift();
  if (next) next(line);
  else free.push(line);
  return undefined;
});
