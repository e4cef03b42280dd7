// Every command of the pages prints what stands below it. The console blocks of a page are one shell, in a
// checkout and a demonstration of their own, so that the order of the pages does not matter. A page that says
// `<!-- after: PAGE -->` goes on in that page's shell.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import process from "node:process";
import { promisify } from "node:util";
import { expect } from "chai";
import { copyCheckout } from "../support/pages/checkout.ts";
import { findFreePort } from "../support/network/free-port.ts";
import { listPages, type Page } from "../support/pages/pages.ts";
import { recordPrinted } from "../support/program/printed.ts";

const run = promisify(execFile);
const MARK = "--- next command ---";

interface Shown {
  readonly command: string;
  readonly output: string;
}

describe("the commands of", () => {
  const pages = listPages().filter(({ blocks }) =>
    blocks.some(({ language }) => language === "console"),
  );
  const printed = new Map<string, readonly string[]>();

  before(async function () {
    this.timeout(120_000);
    const first = pages.filter((page) => findEarlier(page) === undefined);
    await Promise.all(
      first.map(async (page) => {
        const later = pages.filter((other) => findEarlier(other) === page.file);
        const texts = [...(await runPages([page, ...later]))];
        for (const each of [page, ...later]) {
          printed.set(each.file, texts.splice(0, readCommands(each).length));
        }
      }),
    );
  });

  for (const page of pages) {
    it(`${page.file} print what it shows`, () => {
      for (const [index, { command, output }] of readCommands(page).entries()) {
        expect(printed.get(page.file)?.[index], command).to.match(toPattern(output));
      }
    });
  }

  it("the front page and the operator's are among them", () => {
    expect(pages.map(({ file }) => file)).to.include.members(["README.md", "admin/README.md"]);
  });
});

/** The page in whose shell this one goes on. */
function findEarlier({ text }: Page): string | undefined {
  return /^<!-- after: (\S+) -->$/m.exec(text)?.[1];
}

/** Runs the commands of pages in one shell and returns what each has printed. */
async function runPages(pages: readonly Page[]): Promise<readonly string[]> {
  const checkout = await copyCheckout();
  const ports = {
    "5000": await findFreePort(),
    "5080": await findFreePort(),
    "54329": await findFreePort(),
  };
  const here = (text: string): string =>
    text.replaceAll(/\b(?:5000|5080|54329)\b/g, (port) =>
      String(ports[port as keyof typeof ports]),
    );
  let stop: (() => Promise<void>) | undefined;
  try {
    if (pages.some(({ needs }) => needs.includes("demo"))) {
      stop = await startDemonstration(checkout, ports["5000"], ports["54329"]);
    }
    const commands = pages
      .flatMap(readCommands)
      .map(({ command }) => `{ ${here(command)}\n} 2>&1; echo; echo "${MARK}"`);
    const { stdout } = await run("bash", ["-c", commands.join("\n")], {
      cwd: checkout,
      env: { PATH: process.env["PATH"] },
    });
    const back = Object.fromEntries(Object.entries(ports).map(([port, own]) => [own, port]));
    const there = (text: string): string =>
      text.replaceAll(/\b\d{4,5}\b/g, (number) => back[number] ?? number);
    return stdout.split(`${MARK}\n`).map((text) => there(withoutProgress(text)));
  } finally {
    await stop?.();
    await rm(checkout, { recursive: true, force: true });
  }
}

async function startDemonstration(folder: string, port: number, databasePort: number) {
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
  return async (): Promise<void> => {
    dev.kill("SIGINT");
    await exited;
  };
}

/** The commands in their order; a source of this tree that stands between them is written there. */
function readCommands({ blocks }: Page): readonly Shown[] {
  return blocks.flatMap(({ language, path, text }) => {
    if (language === "console") return readConsole(text);
    if (path === undefined || !/^(?:src|admin)\//.test(path)) return [];
    return [{ command: `cat > ${path} <<'END'\n${text}END`, output: "" }];
  });
}

function readConsole(text: string): readonly Shown[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((entry) => {
      const [command = "", ...output] = entry.split("\n");
      return { command, output: output.join("\n") };
    });
}

/** A "…" stands for anything on its line; columns are padded to their longest cell. */
function toPattern(output: string): RegExp {
  const text = aligned(output).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(`^${text.replaceAll("…", "[^\\n]*")}$`);
}

/** What curl reports of its own on stderr is not shown. */
function withoutProgress(text: string): string {
  const lines = text
    .split(/[\r\n]/)
    .filter((line) => !/^\s*%|^\s*\d.*--:--:--|^ +Dload/.test(line));
  return aligned(lines.join("\n"));
}

function aligned(text: string): string {
  return text.replaceAll(/ {2,}/g, "  ").trim();
}
