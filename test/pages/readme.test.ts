// The README: its commands print what it says, its tables and headings are those of the code, and its
// example compiles.

import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { expect } from "chai";
import { ADMIN_VARIABLES } from "../../admin/command/config.ts";
import { SERVICE_VARIABLES } from "../../src/config.ts";
import { ERRORS } from "../../src/errors.ts";
import type { Variables } from "../../src/environment.ts";
import { copyCheckout, ROOT } from "../support/checkout.ts";
import { findFreePort } from "../support/free-port.ts";
import { recordPrinted } from "../support/printed.ts";

const run = promisify(execFile);

describe("README", () => {
  let readme: string;
  let checkout: string;

  before(async () => {
    readme = await readFile(join(ROOT, "README.md"), "utf8");
    checkout = await copyCheckout();
  });

  after(() => rm(checkout, { recursive: true, force: true }));

  it("shows every command of its consoles with the output that it has", async function () {
    this.timeout(60_000);
    const port = await findFreePort();
    const databasePort = await findFreePort();
    const here = (text: string): string =>
      text.replaceAll("5000", String(port)).replaceAll("54329", String(databasePort));
    const dev = await startDev(checkout, port, databasePort);
    try {
      // One shell for all: what one command exports, the next has.
      const shown = consoles(readme);
      expect(shown.length).to.be.greaterThan(8);
      const script = shown.map(({ command }) => `{ ${here(command)}\n} 2>&1; echo; echo "$MARK"`);
      const { stdout } = await run("bash", ["-c", script.join("\n")], {
        cwd: checkout,
        env: { PATH: process.env["PATH"], MARK: "--- next command ---" },
      });
      const printed = stdout.split("--- next command ---\n");
      for (const [index, { command, output }] of shown.entries()) {
        const got = withoutProgress(printed[index] ?? "");
        expect(got, command).to.equal(aligned(here(output)));
      }
    } finally {
      dev.kill("SIGINT");
      await once(dev, "exit");
    }
  });

  it("has the variables, defaults and meanings of the code in its tables", () => {
    expect(section(readme, "## Configuration")).to.include(table(SERVICE_VARIABLES));
    expect(section(readme, "## Configuration")).to.include(table(ADMIN_VARIABLES));
  });

  it("has one heading for each error code, with its status, and no other", () => {
    const headings = section(readme, "## Errors").match(/^### .*$/gm);
    expect(headings).to.have.members(
      Object.entries(ERRORS).map(([code, { status }]) => `### ${code} (${status})`),
    );
  });

  it("names only files that exist", async () => {
    const named = readme.match(/(?:src|admin|test)\/[\w./-]+\.ts/g) ?? [];
    const own = named.filter((file) => !/notes|positive-values/.test(file));
    expect(own.length).to.be.greaterThan(10);
    for (const file of new Set(own)) await readFile(join(ROOT, file));
  });

  it("has an application of one's own that compiles", async function () {
    this.timeout(60_000);
    const blocks = [...readme.matchAll(/```ts\n\/\/ ((?:src|admin)\/\S+)\n(.*?)```/gs)];
    expect(blocks.map(([, file]) => file)).to.include("src/notes.ts");
    for (const [, file = "", code = ""] of blocks) {
      await mkdir(join(checkout, file, ".."), { recursive: true });
      await writeFile(join(checkout, file), code);
    }
    const routes = /`(\.get\("\/notes".*?)`/s.exec(readme)?.[1];
    const app = await readFile(join(checkout, "src/example/app.ts"), "utf8");
    await writeFile(
      join(checkout, "src/example/app.ts"),
      app
        .replace(
          "import * as data from",
          'import * as notes from "./notes.ts";\nimport * as data from',
        )
        .replace('.get("/healthz"', `${routes}\n    .get("/healthz"`),
    );
    const compiled = spawnSync("npx", ["tsc", "--noEmit"], { cwd: checkout, encoding: "utf8" });
    expect(compiled.stdout).to.equal("");
    expect(compiled.status).to.equal(0);
  });
});

async function startDev(folder: string, port: number, databasePort: number) {
  const dev = spawn(process.execPath, ["admin/dev.js"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      PORT: String(port),
      DEV_DATABASE_PORT: String(databasePort),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  recordPrinted(dev.stdout, dev.stderr);
  let output = "";
  dev.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  dev.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(dev, "exit");
  while (!output.includes("Ctrl-C stops")) {
    if (dev.exitCode !== null) throw new Error(`npm run dev ended: ${output}`);
    await Promise.race([once(dev.stdout, "data"), exited]);
  }
  return dev;
}

/**
 * The commands of every console block, each with the output below it; a tenant migration that stands between
 * them is written where its first line says.
 */
function consoles(readme: string): { command: string; output: string }[] {
  const blocks = /```console\n(.*?)```|```ts\n(\/\/ (admin\/migrations\/tenant\/\S+)\n.*?)```/gs;
  return [...readme.matchAll(blocks)].flatMap(([, block = "", code, file]) =>
    file === undefined
      ? block
          .split(/^\$ /m)
          .slice(1)
          .map((entry) => {
            const [command = "", ...output] = entry.split("\n");
            return { command, output: output.join("\n") };
          })
      : [{ command: `cat > ${file} <<'END'\n${code}END`, output: "" }],
  );
}

/**
 * What curl reports of its own on stderr is not shown; ids, times, sizes and what chance picks differ from
 * one run to the next.
 */
function withoutProgress(text: string): string {
  const lines = text
    .split(/[\r\n]/)
    .filter((line) => !/^\s*%|^\s*\d.*--:--:--|^ +Dload/.test(line));
  const varying =
    /[0-9a-f-]{36}|\d{4}-\d\d-\d\dT[\d:]+Z|(?<=in )\d+\.\d(?= s)|(?<=^Canary: ).*|[\d,]+(?= bytes)/gm;
  return aligned(lines.join("\n").replaceAll(varying, "…"));
}

/** Columns are padded to their longest cell, and a port may have more digits than the README's. */
function aligned(text: string): string {
  return text.replaceAll(/ {2,}/g, "  ").trim();
}

function section(readme: string, heading: string): string {
  const rest = readme.slice(readme.indexOf(`\n${heading}\n`) + 1);
  return rest.slice(0, rest.indexOf("\n## ", 1));
}

function table(variables: Variables): string {
  const rows = Object.entries(variables).map(([name, { fallback, about }]) => {
    const shown =
      fallback === undefined ? "required" : fallback === "" ? "none" : `\`${fallback}\``;
    return [`\`${name}\``, shown, about];
  });
  const all = [["variable", "default", "meaning"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [heading = [], ...body] = all;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(heading), line(rule), ...body.map(line)].join("\n");
}
