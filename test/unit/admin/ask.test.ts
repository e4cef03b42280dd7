// The question at a terminal.

import { PassThrough } from "node:stream";
import { expect } from "chai";
import { ask } from "../../../admin/program/ask.ts";

const terminal = (isTTY: boolean) => ({
  stdin: Object.assign(new PassThrough(), { isTTY }),
  stdout: Object.assign(new PassThrough(), { isTTY }),
});

describe("ask()", () => {
  it("returns the line that was typed, and shows the question", async () => {
    const { stdin, stdout } = terminal(true);
    const answer = ask("Its name: ", { stdin, stdout });
    stdin.write("acme\n");
    expect(await answer).to.equal("acme");
    expect(String(stdout.read())).to.include("Its name: ");
  });

  it("takes the end of the input for an empty answer", async () => {
    const { stdin, stdout } = terminal(true);
    const answer = ask("Its name: ", { stdin, stdout });
    stdin.end();
    expect(await answer).to.equal("");
  });

  it("asks nothing where standard input or output is not a terminal", async () => {
    const streams = { stdin: terminal(true).stdin, stdout: terminal(false).stdout };
    expect(await ask("Its name: ", streams)).to.equal(undefined);
    expect(streams.stdout.read()).to.equal(null);
  });
});
