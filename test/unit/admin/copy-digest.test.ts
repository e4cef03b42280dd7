// The limits of what flows through COPY.

import { expect } from "chai";
import { CopyDigest } from "../../../admin/transfer/rows/digest.ts";

async function flow(
  chunks: readonly string[],
  maxBytes: number,
  maxRowBytes: number,
): Promise<string> {
  const digest = new CopyDigest(undefined, { maxBytes, maxRowBytes });
  digest.resume();
  const ended = new Promise<string>((resolve) => {
    digest.on("error", (error) => resolve(error.message));
    digest.on("end", () => resolve(`${digest.measure().rows} rows`));
  });
  for (const chunk of chunks) digest.write(chunk);
  digest.end();
  return ended;
}

describe("CopyDigest", () => {
  it("counts rows over any chunks", async () => {
    expect(await flow(["a\nb", "\n", "c", "\n"], 100, 2)).to.equal("3 rows");
  });

  it("fails at the first byte too many", async () => {
    expect(await flow(["a\nb\n", "c\n"], 5, 100)).to.equal("more than 5 bytes");
  });

  it("fails at a row that is too long, wherever its chunks end", async () => {
    for (const chunks of [
      ["a\n", "12", "34", "5"],
      ["12345\na\n"],
      ["a\n12345\n"],
      ["1234", "5\n"],
    ]) {
      expect(await flow(chunks, 100, 4)).to.match(
        /^Cannot import tenant: a row has more than 4 bytes/,
      );
    }
  });
});
