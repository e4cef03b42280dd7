// Texts of errors, which may quote what a tenant has stored or what a client has sent, in any length.

import { expect } from "chai";
import fc from "fast-check";
import { toApiError } from "../../../admin/api/errors.ts";
import { AdminError } from "../../../admin/registry/admin-error.ts";
import { toOneLine } from "../../../admin/print/visible.ts";
import { parseSchemaName } from "../../../admin/registry/tenants/schema-name.ts";

describe("toOneLine()", () => {
  it("toOneLine() joins lines without the spaces and the empty lines between them", () => {
    const letters = fc.constantFrom("a", ".", "\n", "\r", "\t", " ", ";");
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
        expect(toOneLine(text, " ")).to.equal(text.replaceAll(/\s*\n\s*/g, " "));
      }),
    );
    expect(toOneLine("Cannot a: b.\n\n  Do c.\r\n d.", "; ")).to.equal("Cannot a: b; Do c; d.");
  });

  it("toOneLine() and toApiError() take no longer for a long text than its length asks for", () => {
    const spaces = `a${" ".repeat(2_000_000)}b`;
    expect(toOneLine(`${spaces}\nc`, " ")).to.equal(`${spaces} c`);
    const message = `Cannot a: b; ${"see ".repeat(500_000)};`;
    expect(toApiError(new AdminError(message))).to.have.property("message", message);
    const told = toApiError(new AdminError('Cannot a: "; see b"; c; see node admin/d.js'));
    expect(told).to.have.property("message", 'Cannot a: "; see b"; c');
  });
});

describe("parseSchemaName()", () => {
  it("parseSchemaName() shows the beginning of a long name", () => {
    expect(() => parseSchemaName("A".repeat(60_000))).to.throw(/^Cannot [^\n]{80,250}$/);
  });
});
