// What a request counts as: its tenant, whatever port or subdomain its clients write.

import { expect } from "chai";
import { AppError } from "../../../src/errors.ts";
import { parseHost } from "../../../src/host.ts";
import { KnownHosts } from "../../../src/http/known-hosts.ts";

describe("KnownHosts", () => {
  const learn = (hosts: KnownHosts, text: string, schemaName: string): void =>
    hosts.learn(parseHost(text), schemaName);
  const shareOf = (hosts: KnownHosts, text: string) => hosts.shareOf(parseHost(text));

  it("hosts.shareOf() gives a host that was entered to its tenant, and any other to its name", () => {
    const hosts = new KnownHosts();
    learn(hosts, "a.test:5000", "acme");
    expect(shareOf(hosts, "a.test:5000")).to.deep.equal({ key: "acme" });
    expect(shareOf(hosts, "a.test:1")).to.deep.equal({ key: "?a.test", group: "*a.test" });
    expect(shareOf(hosts, "a.test:2")).to.deep.equal({ key: "?a.test", group: "*a.test" });
    expect(shareOf(hosts, "b.test")).to.deep.equal({ key: "?b.test", group: "*b.test" });
  });

  it("hosts.shareOf() cannot take a tenant for an unknown host, whatever either is called", () => {
    const hosts = new KnownHosts();
    learn(hosts, "b.test", "a_test");
    expect(shareOf(hosts, "a_test").key).to.not.equal("a_test");
  });

  for (const [what, spelling] of [
    ["ports", (n: number) => `a.test:${n}`],
    ["subdomains", (n: number) => `x${n}.a.test`],
    ["ports of subdomains", (n: number) => `x${n}.a.test:${n}`],
  ] as const) {
    it(`hosts.shareOf() counts new ${what} for the one tenant that all others have`, () => {
      const hosts = new KnownHosts();
      for (let n = 1; n <= 8; n += 1) learn(hosts, spelling(n), "acme");
      expect(shareOf(hosts, spelling(999))).to.deep.equal({ key: "acme" });
    });

    it(`hosts.shareOf() counts new ${what} for nobody where several tenants have some`, () => {
      const hosts = new KnownHosts();
      for (let n = 1; n <= 20; n += 1) learn(hosts, spelling(n), n === 12 ? "other" : "acme");
      expect(shareOf(hosts, spelling(999))).to.have.property("group");
      expect(shareOf(hosts, spelling(12))).to.deep.equal({ key: "other" });
    });
  }

  it("hosts.shareOf() counts no neighbour for a tenant that writes many ports of one name", () => {
    const hosts = new KnownHosts();
    for (let n = 1; n <= 100; n += 1) learn(hosts, `a.platform.test:${n}`, "acme");
    expect(shareOf(hosts, "b.platform.test")).to.deep.equal({
      key: "?b.platform.test",
      group: "*.platform.test",
    });
    expect(shareOf(hosts, "a.platform.test:101")).to.have.property("key", "?a.platform.test");
  });

  it("hosts.learn() keeps a host that is in use, however many others of its tenant come and go", () => {
    const hosts = new KnownHosts();
    learn(hosts, "b.a.test", "other");
    for (let n = 0; n < 500; n += 1) {
      learn(hosts, "a.a.test", "acme");
      learn(hosts, `x${n}.a.test`, "acme");
    }
    expect(shareOf(hosts, "a.a.test")).to.deep.equal({ key: "acme" });
    expect(shareOf(hosts, "x0.a.test")).to.have.property("group");
  });

  it("hosts.learn() follows a host to another tenant, and forget() forgets it", () => {
    const hosts = new KnownHosts();
    learn(hosts, "a.test", "acme");
    learn(hosts, "a.test", "other");
    expect(hosts.schemaOf(parseHost("a.test"))).to.equal("other");
    hosts.forget(parseHost("a.test"));
    expect(hosts.schemaOf(parseHost("a.test"))).to.equal(undefined);
  });

  it("hosts.read() does not take the text of a schema for a host", () => {
    const hosts = new KnownHosts();
    hosts.learn({ schema: "acme" }, "acme");
    expect(() => hosts.read("=acme"))
      .to.throw(AppError)
      .with.property("code", "HOST_INVALID");
  });

  it("hosts.learn() follows a host to another tenant when it is full, too", () => {
    const hosts = new KnownHosts();
    for (let n = 0; n < 10_000; n += 1) learn(hosts, `h${n}.test`, `t${n}`);
    learn(hosts, "h9999.test", "renamed");
    expect(hosts.schemaOf(parseHost("h9999.test"))).to.equal("renamed");
  });

  it("hosts.learn() lets a tenant with any number of hosts push out none of another's", () => {
    const hosts = new KnownHosts();
    learn(hosts, "quiet.test", "quiet");
    for (let n = 0; n < 20_000; n += 1) learn(hosts, `x${n}.greedy.test`, "greedy");
    expect(hosts.schemaOf(parseHost("quiet.test"))).to.equal("quiet");
    expect(hosts.schemaOf(parseHost("x0.greedy.test"))).to.equal(undefined);
    expect(hosts.schemaOf(parseHost("x19999.greedy.test"))).to.equal("greedy");
  });
});
