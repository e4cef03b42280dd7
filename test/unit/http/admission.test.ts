// Who may go on: how many at once, of all and of one, and nobody while the service drains.

import { expect } from "chai";
import type { Share } from "../../../src/database/pool/shares.ts";
import { AppError } from "../../../src/errors.ts";
import { Admission } from "../../../src/http/admission.ts";

const ACME = { key: "acme" };
const LIMITS = { inFlight: 16, tenantInFlight: 4 };

function codeOf(work: () => void): string {
  try {
    work();
    return "admitted";
  } catch (error) {
    return error instanceof AppError ? error.code : "other";
  }
}

describe("Admission", () => {
  const enter = (admission: Admission, share?: Share) => {
    const visit = admission.begin();
    const code = codeOf(() => visit.admit(share));
    return { visit, code };
  };

  it("visit.admit() refuses one more of a tenant than it may have, and takes it once one has ended", () => {
    const admission = new Admission(LIMITS);
    const entered = Array.from({ length: 4 }, () => enter(admission, ACME));
    expect(entered.map(({ code }) => code)).to.deep.equal(Array(4).fill("admitted"));
    const refused = enter(admission, ACME);
    expect(refused.code).to.equal("TENANT_BUSY");
    refused.visit.end();
    expect(enter(admission, { key: "other" }).code).to.equal("admitted");
    entered[0]?.visit.end();
    expect(enter(admission, ACME).code).to.equal("admitted");
  });

  it("visit.admit() keeps places from hosts that are not known, however many names they have", () => {
    const admission = new Admission(LIMITS);
    const codes = Array.from({ length: 16 }, (_, n) => {
      const { visit, code } = enter(admission, { key: `?x${n}.a.test`, group: "*.a.test" });
      if (code !== "admitted") visit.end();
      return code;
    });
    expect(codes).to.deep.equal([...Array(15).fill("admitted"), "TENANT_BUSY"]);
    expect(enter(admission, ACME).code).to.equal("admitted");
  });

  it("visit.aside() takes no place meanwhile, and takes its places again", async () => {
    const admission = new Admission({ inFlight: 1, tenantInFlight: 1 });
    const slow = enter(admission, ACME).visit;
    let arrive = (): void => {};
    const body = slow.aside(() => new Promise<void>((resolve) => (arrive = resolve)));
    const quick = enter(admission, ACME);
    expect(quick.code).to.equal("admitted");
    quick.visit.end();
    arrive();
    await body;
    expect(enter(admission, ACME).code).to.equal("OVERLOADED");
  });

  it("visit.aside() refuses what finds its places taken, and leaves no count behind", async () => {
    const admission = new Admission({ inFlight: 5, tenantInFlight: 1 });
    const slow = enter(admission, ACME).visit;
    let arrive = (): void => {};
    const body = slow.aside(() => new Promise<void>((resolve) => (arrive = resolve)));
    const quick = enter(admission, ACME).visit;
    arrive();
    expect(await body.catch((error: unknown) => (error as AppError).code)).to.equal("TENANT_BUSY");
    slow.end();
    quick.end();
    expect(enter(admission, ACME).code).to.equal("admitted");
  });

  it("admission.drain() refuses what comes and resolves each time it is called, bodies awaited", async () => {
    const admission = new Admission(LIMITS);
    const { visit } = enter(admission, ACME);
    let arrive = (): void => {};
    const body = visit.aside(() => new Promise<void>((resolve) => (arrive = resolve)));
    let drained = 0;
    const both = [admission.drain(), admission.drain()].map((done) =>
      done.then(() => (drained += 1)),
    );
    const late = enter(admission);
    expect(late.code).to.equal("OVERLOADED");
    late.visit.end();
    arrive();
    expect(await body.catch((error: unknown) => (error as AppError).code)).to.equal("OVERLOADED");
    expect(drained).to.equal(0);
    visit.end();
    await Promise.all(both);
    expect(drained).to.equal(2);
  });
});
