// What an OpenTelemetry collector hears: OTLP over HTTP on a free port of 127.0.0.1.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One export that has arrived whole. */
export interface Export {
  /** Such as `/v1/traces`. */
  readonly path: string;
  readonly contentType: string;
  /** As it came: of protobuf, every string stands in it as UTF-8. */
  readonly text: string;
}

/** A running collector. Whoever opened it closes it. */
export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly exports: readonly Export[];
  /** All that came for a path, such as `/v1/traces`. */
  heard(path: string): string;
  close(): Promise<void>;
}

/** Starts to listen. */
export async function openCollector(): Promise<Collector> {
  const exports: Export[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const contentType = request.headers["content-type"] ?? "";
      exports.push({ path: request.url ?? "", contentType, text });
      response.writeHead(200, { "content-type": contentType }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    exports,
    heard: (path) =>
      exports
        .filter((one) => one.path === path)
        .map(({ text }) => text)
        .join("\n"),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
