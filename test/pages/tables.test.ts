// What the pages list is what the code has: variables, verbs with their options, error codes.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { API_ERRORS } from "../../admin/api/errors.ts";
import { ADMIN_VARIABLES } from "../../admin/command/environment/config.ts";
import { VERB_NAMES } from "../../admin/program/verbs.ts";
import { ADMIN_ERRORS } from "../../admin/registry/admin-error.ts";
import { SERVICE_VARIABLES } from "../../src/config.ts";
import type { Variables } from "../../src/environment.ts";
import { ERRORS } from "../../src/errors.ts";
import { OWN_ERRORS } from "../../src/example/errors.ts";
import { NODE_VARIABLES } from "../../src/runtime/variables.ts";
import { ROOT } from "../support/pages/checkout.ts";
import { listFiles, readPage, section } from "../support/pages/pages.ts";

const library = readPage("src/README.md");
const example = readPage("src/example/README.md");
const operation = readPage("admin/README.md");

describe("the tables of variables", () => {
  it("of src/README.md are the service's, with their defaults and meanings", () => {
    for (const variables of [SERVICE_VARIABLES, NODE_VARIABLES]) {
      expect(section(library, "## Configuration")).to.include(table(variables));
    }
  });

  it("of admin/command/README.md are the verbs', with their defaults and meanings", () => {
    const page = readPage("admin/command/README.md");
    expect(section(page, "## Configuration")).to.include(table(ADMIN_VARIABLES));
  });
});

describe("the verbs of admin/README.md", () => {
  const verbs = listFiles(":(glob)admin/*.ts")
    .map((file) => basename(file, ".ts"))
    .filter((name) => name !== "rowhouse");
  const shown = [...section(operation, "## Verbs").matchAll(/^- (.*(?:\n {2}.*)*)/gm)].flatMap(
    ([, item = ""]) =>
      [...item.matchAll(/`([a-z-]+)([^`]*)`/g)]
        .map(([, name = "", use = ""]) => ({ name, use }))
        .filter(({ name }) => verbs.includes(name)),
  );

  it("are those that admin/ has, and those that the program lists", () => {
    expect(VERB_NAMES).to.have.members(verbs);
    expect(new Set(shown.map(({ name }) => name))).to.deep.equal(new Set(verbs));
  });

  it("have the options that their files have", () => {
    expect(shown.length).to.be.greaterThan(20);
    for (const { name, use } of shown) {
      const source = readFileSync(join(ROOT, "admin", `${name}.ts`), "utf8");
      for (const [, option = ""] of use.matchAll(/--([a-z-]+)/g)) {
        expect(source, `${name} --${option}`).to.match(new RegExp(`\\b${option}"?: `));
      }
    }
  });
});

describe("the errors of admin/library/README.md", () => {
  it("are the codes that the library has, with their meanings", () => {
    const rows = Object.entries(ADMIN_ERRORS).map(([code, about]) => [`\`${code}\``, about]);
    const errors = section(readPage("admin/library/README.md"), "## Errors");
    expect(errors).to.include(layOut([["code", "meaning"], ...rows]));
  });
});

describe("the headings of errors", () => {
  const pages = [
    [library, ERRORS],
    [example, OWN_ERRORS],
  ] as const;

  for (const [page, errors] of pages) {
    it(`of ${page.file} are the codes that clients see, with their status, and no other`, () => {
      const headings = section(page, "## Errors").match(/^### .*$/gm);
      expect(headings).to.have.members(
        Object.entries(errors).map(([code, { status }]) => `### ${code} (${status})`),
      );
    });
  }
});

describe("the errors of admin/api/README.md", () => {
  it("are the API's own, with their status and title", () => {
    const rows = section(readPage("admin/api/README.md"), "## Errors").matchAll(
      /^\| `([A-Z_]+)` +\| (\d+) +\| (.*?) +\|$/gm,
    );
    const own = Object.values(API_ERRORS).filter(({ code }) => !Object.hasOwn(ERRORS, code));
    expect([...rows].map(([, code, status, title]) => ({ code, status, title }))).to.deep.equal(
      own.map(({ code, status, title }) => ({ code, status: String(status), title })),
    );
  });
});

function table(variables: Variables): string {
  const rows = Object.entries(variables).map(([name, { fallback, about }]) => {
    const shown =
      fallback === undefined ? "required" : fallback === "" ? "none" : `\`${fallback}\``;
    return [`\`${name}\``, shown, about];
  });
  return layOut([["variable", "default", "meaning"], ...rows]);
}

/** Writes a table as Prettier does. */
function layOut(all: readonly (readonly string[])[]): string {
  const columns = [...(all[0] ?? []).keys()];
  const widths = columns.map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [heading = [], ...body] = all;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(heading), line(rule), ...body.map(line)].join("\n");
}
