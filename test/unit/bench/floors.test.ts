// What the floors send and count, and the machine's figures.

import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import {
  readEndedChildrenCpuUs,
  readTreeCpuUs,
  readTreeMemoryMiB,
} from "../../bench/machine/cpu.ts";
import { Histogram } from "../../bench/systems/floors/histogram.ts";
import { recordMessage, writeSettings } from "../../bench/systems/floors/message.ts";

describe("recordMessage()", () => {
  it("gives Rowhouse's own text for a tenant and a key", async () => {
    const message = await recordMessage();
    expect(message(7, 42)).to.match(/enter_tenant.*t7\.example\.com[^]*\b42\b/);
    expect(message(7, 42)).to.equal(message(8, 43).replaceAll("t8", "t7").replace("43", "42"));
  });
});

describe("writeSettings()", () => {
  it("puts the settings in place of the entry, and leaves the statement", async () => {
    const [own, written] = [await recordMessage(), await writeSettings("rh_5_")];
    const statement = own(7, 42).split(";").at(-1);
    expect(written(7, 42)).to.equal(
      "reset role;select set_config('statement_timeout','10000',true)," +
        `set_config('search_path','"t7", pg_temp',true),set_config('role','rh_5_t7',true);${statement}`,
    );
  });
});

describe("Histogram", () => {
  it("finds quantiles to 10 µs", () => {
    const times = new Histogram();
    expect(times.quantile(0.5)).to.equal(0);
    for (let ms = 1; ms <= 100; ms += 1) times.add(ms);
    expect(times.total).to.equal(100);
    expect(times.quantile(0.5)).to.be.closeTo(50, 0.011);
    expect(times.quantile(0.99)).to.be.closeTo(99, 0.011);
    expect(times.quantile(1)).to.be.closeTo(100, 0.011);
  });

  it("counts what took longer than it can tell as the longest", () => {
    const times = new Histogram();
    times.add(60_000);
    expect(times.quantile(0.5)).to.be.closeTo(2000, 0.011);
  });
});

describe("readTreeCpuUs() and its kin", () => {
  it("count a child while it runs, and as ended when it has", async () => {
    const busy = "const end = Date.now() + 300; while (Date.now() < end); process.stdin.resume()";
    const before = await readEndedChildrenCpuUs();
    const child = spawn(process.execPath, ["-e", `${busy}; console.log("done")`]);
    await once(child.stdout, "data");
    const tree = await readTreeCpuUs(process.pid);
    const own = await readTreeCpuUs(child.pid ?? 0);
    expect(own).to.be.greaterThan(20_000);
    expect(tree).to.be.at.least(own);
    expect(await readTreeMemoryMiB(child.pid ?? 0)).to.be.greaterThan(10);
    child.stdin.end();
    await once(child, "exit");
    expect((await readEndedChildrenCpuUs()) - before).to.be.at.least(own);
  });
});
