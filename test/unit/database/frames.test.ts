// What a server sends, looked at in whatever pieces it arrives.

import { expect } from "chai";
import fc from "fast-check";
import { FrameReader } from "../../../src/database/wire/frames.ts";

/** A message of the backend. */
function frame(type: string, body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** The body of a DataRow: null is NULL. */
function row(values: readonly (string | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(values.length);
  const parts = values.map((value) => {
    const bytes = Buffer.from(value ?? "");
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return Buffer.concat([count, ...parts]);
}

interface Found {
  readonly rows: number[];
  readonly large: number[];
  readonly errors: string[];
}

function read(pieces: readonly Uint8Array[]): Found {
  const found: Found = { rows: [], large: [], errors: [] };
  const reader = new FrameReader({
    row: (bytes) => found.rows.push(bytes),
    large: (bytes) => found.large.push(bytes),
    error: (body) => found.errors.push(Buffer.from(body).toString()),
  });
  for (const piece of pieces) reader.read(piece);
  return found;
}

const MESSAGES = Buffer.concat([
  frame("R", Buffer.alloc(4)),
  frame("T", Buffer.from("D described E")),
  frame("D", row(["abc", null, ""])),
  frame("D", row([])),
  frame("E", Buffer.from("SERROR\0MD in it\0\0")),
  frame("D", row(["é", "D".repeat(300)])),
  frame("I", Buffer.alloc(0)),
  frame("E", Buffer.alloc(0)),
  frame("Z", Buffer.from("I")),
]);
const FOUND = { rows: [3, 0, 302], large: [], errors: ["SERROR\0MD in it\0\0", ""] };

describe("FrameReader", () => {
  it("reader.read() finds the size of every row's values, and every ErrorResponse", () => {
    expect(read([MESSAGES])).to.deep.equal(FOUND);
  });

  it("reader.read() finds the same in any pieces", () => {
    expect(read(Array.from(MESSAGES, (byte) => Uint8Array.of(byte)))).to.deep.equal(FOUND);
    fc.assert(
      fc.property(fc.array(fc.nat(MESSAGES.length), { maxLength: 12 }), (cuts) => {
        const ends = [0, ...cuts, MESSAGES.length].toSorted((a, b) => a - b);
        const pieces = ends.slice(1).map((end, at) => MESSAGES.subarray(ends[at], end));
        expect(read(pieces)).to.deep.equal(FOUND);
      }),
    );
  });

  it("reader.read() tells of a row as soon as its header is there", () => {
    const large = frame("D", row(["x".repeat(1000)]));
    expect(read([large.subarray(0, 7)]).rows).to.deep.equal([1000]);
    expect(read([large.subarray(0, 6)]).rows).to.deep.equal([]);
  });

  it("reader.read() tells of a large error or notice as soon as its header is there, and keeps none", () => {
    for (const type of ["E", "N"]) {
      const large = frame(type, Buffer.alloc(70_000));
      expect(read([large.subarray(0, 5)])).to.deep.equal({ rows: [], large: [70_004], errors: [] });
      expect(read([large, MESSAGES])).to.deep.equal({ ...FOUND, large: [70_004] });
    }
  });

  it("reader.read() refuses another message that is larger than PostgreSQL's, and reads a wide description", () => {
    expect(read([frame("T", Buffer.alloc(140_000)), MESSAGES])).to.deep.equal(FOUND);
    const start = frame("?", Buffer.alloc(2 ** 20)).subarray(0, 5);
    expect(() => read([start])).to.throw("Cannot read the server's answer: a message has 1048580");
  });
});
