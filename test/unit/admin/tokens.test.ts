// The token file: its lines, its mode, and that it is read again; the rate of a token.

import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Rate } from "../../../admin/api/tokens/rate.ts";
import { addToken, openTokenFile } from "../../../admin/api/tokens/token-file.ts";
import { createToken, findToken, parseTokens } from "../../../admin/api/tokens/token.ts";
import { createLog } from "../../../src/log.ts";
import { messageOf } from "../../support/rejection.ts";

describe("parseTokens()", () => {
  it("parseTokens() reads names, scopes and digests, and skips comments", () => {
    const { secret, line } = createToken("sign-up", ["create", "read"]);
    const tokens = parseTokens(`# the sign-up\n\n  ${line}  \r\n`);
    expect(tokens).to.have.length(1);
    expect(findToken(tokens, secret)).to.deep.include({
      name: "sign-up",
      scopes: ["create", "read"],
    });
    expect(findToken(tokens, `${secret}x`)).to.equal(undefined);
    expect(line).not.to.include(secret);
  });

  it("parseTokens() refuses a line that is wrong, by its number, and does not repeat it", () => {
    const digest = "a".repeat(64);
    for (const line of [
      `Name create ${digest}`,
      `name write ${digest}`,
      `name create ${digest}0`,
      `name create ${digest} more`,
      `name ${digest}`,
      "rowhouse_secret",
      `first all ${digest}`,
    ]) {
      expect(() => parseTokens(`first all ${digest}\n${line}`), line)
        .to.throw(/^Cannot read tokens: line 2 .*; write NAME SCOPES SHA256$/)
        .with.property("message")
        .that.does.not.include(digest);
    }
  });
});

describe("openTokenFile()", () => {
  let folder: string;
  let file: string;
  const lines: string[] = [];
  const log = createLog("info", (line) => lines.push(line));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-tokens-"));
    file = join(folder, "tokens");
  });

  after(() => rm(folder, { recursive: true }));

  it("addToken() makes a file for its owner alone, which holds no token", async () => {
    const secret = await addToken(file, "sign-up", "create");
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await readFile(file, "utf8")).not.to.include(secret);
    const tokens = await (await openTokenFile(file, log)).read();
    expect(findToken(tokens, secret)?.scopes).to.deep.equal(["create"]);
    expect(await messageOf(addToken(file, "sign-up"))).to.match(/has one of the name "sign-up"/);
    expect(await messageOf(addToken(file, "other", "write"))).to.match(/its scope is "write"/);
    expect(await messageOf(addToken(file, "a b"))).to.match(/its name is "a b"/);
  });

  it("read() follows the file: a line that is added, one that is taken out, one that is broken", async () => {
    const tokens = await openTokenFile(file, log);
    const secret = await addToken(file, "operator");
    expect(findToken(await tokens.read(), secret)?.scopes).to.deep.equal(["all"]);
    const kept = await readFile(file, "utf8");
    await writeFile(file, kept.replace(/^operator.*$/m, ""));
    expect(findToken(await tokens.read(), secret)).to.equal(undefined);
    await writeFile(file, `${kept}broken\n`);
    for (const _ of [1, 2]) {
      expect(await messageOf(tokens.read())).to.match(/^Cannot read tokens: line 3 /);
    }
    expect(lines.filter((line) => line.includes("tokens unreadable"))).to.have.length(1);
    await writeFile(file, kept);
    expect(findToken(await tokens.read(), secret)?.name).to.equal("operator");
    await rm(file);
    expect(await messageOf(tokens.read())).to.match(/gives ENOENT/);
  });

  it("openTokenFile() refuses a file that others may read or its group may write", async () => {
    await addToken(file, "operator");
    for (const mode of [0o604, 0o620, 0o644]) {
      await chmod(file, mode);
      expect(await messageOf(openTokenFile(file, log))).to.match(/run chmod 600$/);
    }
    await chmod(file, 0o640);
    expect(await (await openTokenFile(file, log)).read()).to.have.length(1);
  });
});

describe("Rate", () => {
  it("take() lets a name send so many at once, and says how long to wait", () => {
    let now = 0;
    const rate = new Rate(2, () => now);
    expect([rate.take("a"), rate.take("a"), rate.take("a"), rate.take("b")]).to.deep.equal([
      0, 0, 1, 0,
    ]);
    now = 500;
    expect([rate.take("a"), rate.take("a")]).to.deep.equal([0, 1]);
    now = 60_000;
    expect([rate.take("a"), rate.take("a"), rate.take("a")]).to.deep.equal([0, 0, 1]);
  });
});
