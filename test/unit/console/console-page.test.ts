// What the operator page works out by itself: the treemap's tiles, and numbers as a person reads them.

import { expect } from "chai";
import fc from "fast-check";
import {
  formatBytes,
  formatDuration,
  formatMs,
  formatShare,
} from "../../../admin/console/page/parts/format.ts";
import { readEvents } from "../../../admin/console/page/event-stream.ts";
import { squarify } from "../../../admin/console/page/fleet/squarify.ts";
import { readQuery, writeQuery } from "../../../admin/console/page/tenants/tenant-query.ts";

describe("console page: figures", () => {
  it("squarify() gives each weight its area, within the whole, without an overlap", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000_000 }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(weights, fc.integer({ min: 50, max: 2000 }), (given, width) => {
        const sorted = given.toSorted((a, b) => b - a);
        const whole = { x: 0, y: 0, width, height: 340 };
        const tiles = squarify(sorted, whole);
        const scale = (width * 340) / sorted.reduce((sum, weight) => sum + weight, 0);
        tiles.forEach((tile, index) => {
          const area = (sorted[index] ?? 0) * scale;
          expect(tile.width * tile.height).to.be.closeTo(area, area * 1e-6 + 1e-6);
          expect(tile.x).to.be.at.least(-1e-6);
          expect(tile.x + tile.width).to.be.at.most(width + 1e-3);
          expect(tile.y + tile.height).to.be.at.most(340 + 1e-3);
          for (const other of tiles.slice(0, index)) {
            const overlapX =
              Math.min(tile.x + tile.width, other.x + other.width) - Math.max(tile.x, other.x);
            const overlapY =
              Math.min(tile.y + tile.height, other.y + other.height) - Math.max(tile.y, other.y);
            expect(Math.min(overlapX, overlapY)).to.be.at.most(1e-3);
          }
        });
      }),
    );
  });

  it("squarify() keeps equal weights near to squares", () => {
    const tiles = squarify(
      Array.from({ length: 100 }, () => 1),
      {
        x: 0,
        y: 0,
        width: 800,
        height: 340,
      },
    );
    for (const { width, height } of tiles) {
      expect(Math.max(width / height, height / width)).to.be.below(2.5);
    }
  });

  it("format…() puts a unit to every number", () => {
    expect([0, 1023, 8192, 1_468_006, 2 ** 40].map(formatBytes)).to.deep.equal([
      "0 B",
      "1023 B",
      "8 kB",
      "1.4 MB",
      "1 TB",
    ]);
    expect([0, 0.84, 42, 3200, 90_000].map(formatMs)).to.deep.equal([
      "0 ms",
      "0.8 ms",
      "42 ms",
      "3.2 s",
      "1 min 30 s",
    ]);
    expect([0, 59, 185, 7800, 360_000].map(formatDuration)).to.deep.equal([
      "0 s",
      "59 s",
      "3 min 5 s",
      "2 h 10 min",
      "4 d 4 h",
    ]);
    expect([0, 0.00001, 0.0002, 0.031, 1].map(formatShare)).to.deep.equal([
      "0 %",
      "< 0.01 %",
      "0.02 %",
      "3.1 %",
      "100 %",
    ]);
  });

  it("readQuery() reads what writeQuery() writes, and takes the default for what it does not know", () => {
    const query = readQuery(
      new URLSearchParams("search=a%26b&only=failed&sort=bytes&order=desc&offset=50"),
    );
    const written = writeQuery(query);
    expect(readQuery(new URLSearchParams(written.split("?")[1]))).to.deep.equal(query);
    expect(query).to.include({ search: "a&b", only: "failed", sort: "bytes", offset: 50 });
    expect(writeQuery(readQuery(new URLSearchParams("sort=evil&order=up&offset=-1")))).to.equal(
      "#/tenants",
    );
  });

  it("readEvents() finds the same events however the bytes are cut, and leaves comments out", async () => {
    const events = [
      { name: "job", data: '{"text":"Zürich\\n🏠"}' },
      { name: "traffic", data: "{}" },
    ];
    const text = events.map(({ name, data }) => `:\n\nevent: ${name}\ndata: ${data}\n\n`).join("");
    const bytes = new TextEncoder().encode(`retry: 1000\n\n${text}event: job\ndata: cut o`);
    for (const size of [1, 2, 3, 7, 1000]) {
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) {
            controller.enqueue(bytes.slice(at, at + size));
          }
          controller.close();
        },
      });
      const found: unknown[] = [];
      for await (const event of readEvents(body)) found.push(event);
      expect(found).to.deep.equal(events);
    }
  });
});
