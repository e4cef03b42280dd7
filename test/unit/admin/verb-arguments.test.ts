// The arguments of a verb are typed by its own `options` and `operands`: a misspelt name does not compile.

import { expect } from "chai";
import { readCall } from "../../../admin/command/call.ts";
import { UsageError } from "../../../admin/command/usage-error.ts";

const VERB = {
  operands: ["HOST", "SCHEMA"],
  options: {
    backup: { type: "string", about: "" },
    host: { type: "string", multiple: true, about: "" },
    plan: { type: "boolean", about: "" },
  },
} as const;

const read = (...args: string[]): NonNullable<ReturnType<typeof tryRead>> => {
  const call = tryRead(...args);
  if (call === undefined) throw new Error("It asked for the help");
  return call;
};

// oxlint-disable-next-line typescript/explicit-function-return-type -- the type is what the test is about
const tryRead = (...args: string[]) => readCall(VERB, args);

describe("readCall()", () => {
  it("gives each operand and option its text, list, number or flag", () => {
    const args = ["a.test", "acme", "--backup", "7", "--host", "b", "--host", "c", "--plan"];
    const call = read(...args);
    const [host, schema]: readonly [string, string] = call.operands;
    expect([host, schema]).to.deep.equal(["a.test", "acme"]);
    expect(call.text("backup")).to.equal("7");
    expect(call.integer("backup", 1, 9)).to.equal(7);
    expect(call.texts("host")).to.deep.equal(["b", "c"]);
    expect([call.has("plan"), call.has("backup")]).to.deep.equal([true, true]);
  });

  it("gives undefined, no texts and false for what was not given", () => {
    const call = read("a.test", "acme");
    expect([call.text("backup"), call.integer("backup", 1, 9)]).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect([call.texts("host"), call.has("plan")]).to.deep.equal([[], false]);
  });

  it("does not compile a misspelt option, one of another kind, or an operand too many", () => {
    const call = read("a.test", "acme");
    // @ts-expect-error -- misspelt
    expect(call.text("bakcup")).to.equal(undefined);
    // @ts-expect-error -- misspelt
    expect(call.has("plna")).to.equal(false);
    // @ts-expect-error -- it may be given more than once
    expect(call.text("host")).to.equal(undefined);
    // @ts-expect-error -- it is given once at most
    expect(call.texts("backup")).to.deep.equal([]);
    // @ts-expect-error -- a flag has no text
    expect(call.text("plan")).to.equal(undefined);
    // @ts-expect-error -- there are two
    expect(call.operands[2]).to.equal(undefined);
  });

  it("refuses another number of operands, an option of nobody's and a number out of range", () => {
    expect(() => read("a.test")).to.throw(UsageError, "it takes HOST SCHEMA, got 1");
    expect(() => read("a.test", "acme", "--bakcup", "x")).to.throw(UsageError, "--bakcup");
    const call = read("a.test", "acme", "--backup", "10");
    expect(() => call.integer("backup", 1, 9)).to.throw(UsageError, "a whole number from 1 to 9");
  });

  it("lets an operand in brackets be left out", () => {
    const verb = { operands: ["HOST", "[FILE]"], options: {} } as const;
    const [, file]: readonly (string | undefined)[] = readCall(verb, ["a"])?.operands ?? [];
    expect(file).to.equal(undefined);
    expect(readCall(verb, ["a", "b"])?.operands).to.deep.equal(["a", "b"]);
    expect(() => readCall(verb, [])).to.throw(UsageError);
  });

  it("gives undefined for --help, whatever else is missing", () => {
    expect(tryRead("--help")).to.equal(undefined);
  });

  it("takes operands as options: the first --host is HOST, and others stay with the option", () => {
    const call = read("--host", "a.test", "--schema", "acme", "--host", "b", "--plan");
    expect(call.operands).to.deep.equal(["a.test", "acme"]);
    expect([call.texts("host"), call.has("plan")]).to.deep.equal([["b"], true]);
    const alone = read("--schema", "acme", "--host", "a.test");
    expect([alone.operands, alone.has("host")]).to.deep.equal([["a.test", "acme"], false]);
  });

  it("refuses both forms, half of each, and an option that is given twice", () => {
    const both = "it takes HOST SCHEMA or --host HOST --schema SCHEMA, not parts of both";
    expect(() => read("a.test", "acme", "--schema", "acme")).to.throw(UsageError, both);
    expect(() => read("a.test", "--schema", "acme")).to.throw(UsageError, both);
    expect(() => read("acme", "--host", "a.test")).to.throw(UsageError, "got 1");
    expect(() => read("--host", "a.test")).to.throw(UsageError, "--schema is missing");
    expect(() => read("a.test", "acme", "--backup", "x", "--backup", "y")).to.throw(
      UsageError,
      "--backup is given twice",
    );
  });

  it("names the order where a host or a file stands in the place of a schema", () => {
    for (const text of ["acme.test", "localhost:5000", "./acme.zip"]) {
      expect(() => read("acme", text), text).to.throw(
        UsageError,
        `SCHEMA "${text}" is not the name of a schema: the order is HOST SCHEMA, or name each as --host`,
      );
    }
  });

  it("names the option that was meant", () => {
    expect(() => read("a.test", "acme", "--bakcup", "x")).to.throw('; did you mean "--backup"?');
    expect(() => read("a.test", "acme", "--shcema", "x")).to.throw('; did you mean "--schema"?');
  });
});
