import { expect } from "chai";
import { FrameSplitter } from "../support/network/wire-frames.ts";
import type { Frame, Side } from "../support/network/wire-frames.ts";

function untyped(code: number, contents = ""): Buffer {
  const header = Buffer.alloc(8);
  header.writeInt32BE(8 + contents.length, 0);
  header.writeInt32BE(code, 4);
  return Buffer.concat([header, Buffer.from(contents)]);
}

function typed(type: string, contents = ""): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, "latin1");
  header.writeInt32BE(4 + contents.length, 1);
  return Buffer.concat([header, Buffer.from(contents)]);
}

const PROTOCOL_3_0 = 196608;
const CANCEL = 80877102;
const SSL = 80877103;
const GSS = 80877104;

const STREAM = Buffer.concat([
  untyped(GSS),
  untyped(SSL),
  untyped(PROTOCOL_3_0, "user\0ada\0\0"),
  typed("p", "secret\0"),
  typed("Q", "select 1\0"),
  typed("P", "\0select $1\0\0\0"),
  typed("S"),
  typed("X"),
]);
const FRAMES: readonly Frame[] = [
  { type: "gss", length: 8 },
  { type: "ssl", length: 8 },
  { type: "startup", length: 18 },
  { type: "p", length: 12 },
  { type: "Q", length: 14 },
  { type: "P", length: 18 },
  { type: "S", length: 5 },
  { type: "X", length: 5 },
];

function split(side: Side, ...chunks: readonly Buffer[]): Frame[] {
  const splitter = new FrameSplitter(side);
  return chunks.flatMap((chunk) => splitter.push(chunk));
}

describe("FrameSplitter", () => {
  it("finds every frame of a client in one chunk", () => {
    expect(split("client", STREAM)).to.deep.equal(FRAMES);
  });

  it("finds the same frames when the stream is cut in two at any byte", () => {
    for (let cut = 0; cut <= STREAM.length; cut++) {
      const found = split("client", STREAM.subarray(0, cut), STREAM.subarray(cut));
      expect(found, `cut at ${cut}`).to.deep.equal(FRAMES);
    }
  });

  it("finds the same frames in chunks of any size", () => {
    for (let size = 1; size <= STREAM.length; size++) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < STREAM.length; at += size) chunks.push(STREAM.subarray(at, at + size));
      expect(split("client", ...chunks), `chunks of ${size}`).to.deep.equal(FRAMES);
    }
  });

  it("reports a frame with its last byte, not before", () => {
    const splitter = new FrameSplitter("server");
    const frame = typed("D", "value");
    expect(splitter.push(frame.subarray(0, -1))).to.deep.equal([]);
    expect(splitter.push(frame.subarray(-1))).to.deep.equal([{ type: "D", length: 10 }]);
  });

  it("knows a cancel request from a startup packet", () => {
    expect(split("client", untyped(CANCEL, "12345678"))).to.deep.equal([
      { type: "cancel", length: 16 },
    ]);
  });

  it("reads a type byte from the first byte of a server on", () => {
    const stream = Buffer.concat([typed("R", "\0\0\0\0"), typed("Z", "I")]);
    expect(split("server", stream)).to.deep.equal([
      { type: "R", length: 9 },
      { type: "Z", length: 6 },
    ]);
  });

  it("takes a server's refusal of encryption for a frame of one byte", () => {
    const splitter = new FrameSplitter("server");
    splitter.expectAnswer("ssl");
    const stream = Buffer.concat([Buffer.from("N"), typed("Z", "I")]);
    expect(splitter.push(stream)).to.deep.equal([
      { type: "ssl", length: 1 },
      { type: "Z", length: 6 },
    ]);
  });

  it("refuses to go on when a server accepts encryption", () => {
    const splitter = new FrameSplitter("server");
    splitter.expectAnswer("ssl");
    expect(() => splitter.push(Buffer.from("S"))).to.throw('the server accepted "ssl"');
  });

  it("refuses a length that is shorter than the header", () => {
    const frame = typed("Q");
    frame.writeInt32BE(3, 1);
    expect(() => split("client", untyped(PROTOCOL_3_0), frame)).to.throw("impossible length");
  });
});
