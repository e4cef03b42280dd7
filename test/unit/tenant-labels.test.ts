// Which tenants have a name in the metrics.

import { expect } from "chai";
import { TenantLabels } from "../../src/telemetry/tenant-labels.ts";

const tenants = (count: number): string[] => Array.from({ length: count }, (_, i) => `t${i}`);

describe("TenantLabels", () => {
  it("of() names the first tenants, and keeps their names", () => {
    const labels = new TenantLabels(4);
    for (const name of ["a", "b", "a", "b"]) expect(labels.of(name)).to.equal(name);
  });

  it("of() counts tenants past the bound as other, however many come and however often", () => {
    const labels = new TenantLabels(4);
    const given = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      for (const name of tenants(1000)) given.add(labels.of(name));
    }
    expect([...given])
      .to.include("other")
      .and.have.length.at.most(5);
  });

  it("of() gives the second half of the names to tenants with their share of the traffic", () => {
    const labels = new TenantLabels(4);
    for (const name of tenants(100)) labels.of(name);
    expect(labels.of("busy")).to.equal("other");
    let label = "";
    for (let count = 0; label !== "busy" && count < 200; count += 1) {
      label = labels.of("busy");
      labels.of(`t${count % 100}`);
    }
    expect(label).to.equal("busy");
    expect(labels.of("t50")).to.equal("other");
  });

  it("of() gives no name for requests that a tenant spreads over the traffic of others", () => {
    const labels = new TenantLabels(4);
    for (let count = 0; count < 100_000; count += 1) {
      labels.of(`t${count % 3}`);
      if (count % 10 === 9) expect(labels.of("rare")).to.equal("other");
    }
  });

  it("of() names none when none may be named, and one when that is the bound", () => {
    expect(new TenantLabels(0).of("a")).to.equal("other");
    const one = new TenantLabels(1);
    expect([one.of("a"), one.of("b"), one.of("a")]).to.deep.equal(["a", "other", "a"]);
  });
});
