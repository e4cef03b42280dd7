// The text that Prometheus scrapes, as exporters write it and as they should not.

import { expect } from "chai";
import { readSamples } from "../../../admin/console/traffic/exposition.ts";

const read = (text: string) =>
  readSamples(text, () => true).map(({ name, labels, value }) => [name, { ...labels }, value]);

describe("readSamples()", () => {
  it("reads names, labels and values, with or without a time, and leaves comments out", () => {
    const text = [
      "# HELP http_requests Requests",
      "# TYPE http_requests counter",
      'http_requests{code="200",method="GET"} 1027 1395066363000',
      "",
      "up 1",
      'spaced { a = "b" , c="d", }  1.5e+03',
      'bucket{le="+Inf"} 3\r',
    ].join("\n");
    expect(read(text)).to.deep.equal([
      ["http_requests", { code: "200", method: "GET" }, 1027],
      ["up", {}, 1],
      ["spaced", { a: "b", c: "d" }, 1500],
      ["bucket", { le: "+Inf" }, 3],
    ]);
  });

  it("reads escapes, and braces, commas and quotes within a label", () => {
    const text = String.raw`path{p="C:\\d\"ir}{,=\n",q="} 5"} 2`;
    expect(read(text)).to.deep.equal([["path", { p: 'C:\\d"ir}{,=\n', q: "} 5" }, 2]]);
  });

  it("leaves out what is no sample, and reads what is around it", () => {
    const text = [
      "<html>",
      'unclosed{a="b 1',
      "unquoted{a=b} 1",
      "words a b",
      "nan NaN",
      "endless +Inf",
      "9lives 1",
      "a{} 7",
    ].join("\n");
    expect(read(text)).to.deep.equal([["a", {}, 7]]);
  });

  it("takes a label's name for no property of an object", () => {
    const [sample] = readSamples('a{__proto__="x",constructor="y"} 1', () => true);
    expect(Object.entries(sample?.labels ?? {})).to.deep.equal([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  it("reads only what is wanted, and the same series the same way each time", () => {
    const text = 'a{x="1"} 1\nb 2\na{x="1"} 3';
    const found = readSamples(text, (name) => name === "a");
    expect(found.map(({ value }) => value)).to.deep.equal([1, 3]);
    expect(found[0]?.series).to.equal(found[1]?.series);
  });
});
