// Error texts read alike: "Cannot do X: what is, what should be". Turns of phrase that cost a second reading stay out of
// them, and out of the comments of src/.

import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const ROOT = new URL("../../", import.meta.url);
const HARD =
  /\b(?:is|are|was) none\b|\b(?:is|are) no (?!longer\b|more\b)\w+|\bto be had\b|\banew\b|\bwhoever\b|\b(?:some|no)body\b|\b(?:told|tells) of\b|\bat work\b|\bso many\b/i;
const LITERAL = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const COMMENT = /\/\*\*.*?\*\/|^ *\/\/[^\n]*/gms;
/** An error, or a function that ends in one; the rest of the text is the caller's. */
const THROWN = /\bnew \w*(Error)\(|\b(?:fail|invalid|refuse|overloaded|tooLarge)\(/g;

/** Files of admin/ whose texts are still to be corrected. */
const EXCEPTIONS: readonly string[] = [
  "admin/console/work/migration-run.ts",
  "admin/console/page/client.ts",
];

describe("the wording", () => {
  it("of error texts in src/ is plain: Cannot, the action, and not a full stop at the end", () => {
    const broken = read("src").flatMap(({ file, source }) =>
      brokenTexts(source).map((text) => `${file}: ${text}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it("of error texts in admin/ is plain, but for the files that are listed", () => {
    const broken = read("admin").filter(({ source }) => brokenTexts(source).length > 0);
    expect(broken.map(({ file }) => file)).to.have.members(EXCEPTIONS);
  });

  it("of the comments of src/ is plain", () => {
    const comments = read("src").flatMap(({ source }) => source.match(COMMENT) ?? []);
    expect(comments.length).to.be.greaterThan(300);
    expect(comments.filter((text) => HARD.test(text))).to.deep.equal([]);
  });

  it("that costs a second reading is found, in an error and in a table of texts", () => {
    expect(brokenTexts('throw new AppError("X", "Cannot read: it is no URL");\n')).to.have.length(
      1,
    );
    expect(brokenTexts('throw new TypeError("Broken");\n')).to.have.length(1);
    expect(brokenTexts('throw new Error(`Cannot read "${name}".`);\n')).to.have.length(1);
    expect(brokenTexts('const A = ["X", "Cannot lock: it was not to be had"];\n')).to.have.length(
      1,
    );
    expect(brokenTexts('throw new Error("it is not a URL");\n')).to.have.length(0);
  });
});

function read(folder: string): readonly { readonly file: string; readonly source: string }[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .filter((file) => /(?<!\.d)\.ts$/.test(file))
    .map((name) => `${folder}/${name}`)
    .map((file) => ({ file, source: readFileSync(new URL(file, ROOT), "utf8") }));
}

/** The error texts that break a rule; one that completes "Cannot read NAME: …" begins with a small letter. */
function brokenTexts(source: string): readonly string[] {
  const thrown = [...source.matchAll(THROWN)].flatMap(({ index, 0: call, 1: error }) => {
    const rest = source.slice(index + call.length);
    const texts = sentences(rest.slice(0, /\)[;,]?\n/.exec(rest)?.index));
    const begun = error === undefined || !/^(?!Cannot )[A-Z]/.test(texts[0] ?? "");
    return begun ? texts : [`${texts.join("")} (must begin with Cannot)`];
  });
  const tables = sentences(source).filter((text) => text.startsWith("Cannot "));
  const broken = /\.$|\(must begin with Cannot\)$/;
  return [...new Set([...thrown, ...tables])].filter(
    (text) => HARD.test(text) || broken.test(text),
  );
}

function sentences(source: string): readonly string[] {
  const texts = source.match(LITERAL) ?? [];
  return texts.map((text) => text.slice(1, -1)).filter((text) => !/^[A-Z_0-9]+$/.test(text));
}
