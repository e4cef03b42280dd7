// The promise: whatever listens where PostgreSQL should, a message ends in time with an AppError, nothing is left of
// its connection, and no exception reaches the process.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { openDatabase } from "../../src/database/open-database.ts";
import { codeOf } from "../support/rejection.ts";

const DATA_ROW_OF_2_GIB = Buffer.from([68, 127, 255, 255, 255, 0, 1]);

const SERVERS: Readonly<Record<string, (socket: Socket) => unknown>> = {
  "says nothing": () => {},
  "closes at once": (socket) => socket.destroy(),
  "takes TLS and says nothing": (socket) => socket.once("data", () => socket.write("S")),
  "takes TLS and closes": (socket) => socket.once("data", () => socket.end("S")),
  "says more than whether it takes TLS": (socket) => socket.once("data", () => socket.write("SX")),
  "sends bytes that are no message": (socket) =>
    socket.on("data", () => socket.write(Buffer.alloc(50, 1))),
  "announces a row of 2 GiB": (socket) => socket.on("data", () => socket.write(DATA_ROW_OF_2_GIB)),
};

describe("a server that is not PostgreSQL", () => {
  for (const [what, behave] of Object.entries(SERVERS)) {
    for (const mode of ["disable", "prefer", "require"]) {
      it(`database.send() and transaction() end when it ${what}, with sslmode=${mode}`, async () => {
        const server = createServer((socket) => {
          socket.on("error", () => {});
          behave(socket);
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const database = openDatabase({
          url: `postgres://a:b@127.0.0.1:${port}/c?sslmode=${mode}`,
          connections: 1,
          connectTimeoutMs: 150,
          requestTimeoutMs: 800,
        });
        try {
          for (const work of [
            database.send({ statements: ["select 1"] }),
            database.transaction((link) => link.send(["select 1"])),
          ]) {
            expect(await codeOf(work)).to.be.oneOf(["DATABASE_UNAVAILABLE", "RESULT_TOO_LARGE"]);
          }
          expect(database.counts()).to.include({ used: 0, idle: 0, waiting: 0 });
        } finally {
          await database.close(0.1);
          server.close();
        }
      });
    }
  }
});
