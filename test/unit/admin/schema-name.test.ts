// Which names a tenant's schema may have, and which hosts can be stored.

import { expect } from "chai";
import { parseSchemaName } from "../../../admin/registry/tenants/schema-name.ts";
import { parseDomain } from "../../../src/host.ts";

const NO_SCHEMAS = [
  "",
  "Acme",
  "1a",
  "a-b",
  "a b",
  "é",
  "pg_x",
  "public",
  "rowhouse",
  "information_schema",
  "a".repeat(49),
  'x"; --',
  "a\n",
];
const NO_HOSTS = ["", "a..b", "a b", "*.*.x", "*.x:80", "a:0", "http://x", "'; drop schema x"];

describe("parseSchemaName()", () => {
  for (const name of NO_SCHEMAS) {
    it(`parseSchemaName() refuses ${JSON.stringify(name)} in one line`, () => {
      expect(() => parseSchemaName(name)).to.throw(/^Cannot use schema name "[^\n]*$/);
    });
  }

  it("parseSchemaName() takes what needs no quotes", () => {
    for (const name of ["a", "_", "acme_1", "a".repeat(48)]) {
      expect(parseSchemaName(name)).to.equal(name);
    }
  });
});

describe("parseDomain()", () => {
  for (const host of NO_HOSTS) {
    it(`parseDomain() refuses ${JSON.stringify(host)} in one line`, () => {
      expect(() => parseDomain(host)).to.throw(/^Cannot read host: "[^\n]*$/);
    });
  }
});
