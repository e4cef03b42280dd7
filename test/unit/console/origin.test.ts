// For which Host headers a console answers, by where it listens. That a change needs its own origin is tried
// over HTTP, in test/console/safety.test.ts.

import { expect } from "chai";
import { checkHost, isLoopback, originOf } from "../../../admin/console/door/origin.ts";

describe("checkHost()", () => {
  const answers = (address: string, host: string | undefined, port = 5050): boolean => {
    try {
      checkHost(host === undefined ? {} : { host }, { host: address, port });
      return true;
    } catch (error) {
      expect(error).to.include({ status: 421 });
      return false;
    }
  };

  it("takes the address that it listens on, and localhost for this machine's", () => {
    expect(answers("127.0.0.1", "127.0.0.1:5050")).to.equal(true);
    expect(answers("127.0.0.1", "localhost:5050")).to.equal(true);
    expect(answers("127.0.0.1", "LOCALHOST:5050")).to.equal(true);
    expect(answers("::1", "[::1]:5050")).to.equal(true);
    expect(answers("10.1.2.3", "10.1.2.3:5050")).to.equal(true);
    expect(answers("10.1.2.3", "10.1.2.3", 80)).to.equal(true);
  });

  it("refuses names, other addresses, other ports, and what is no host", () => {
    for (const host of [
      ...[
        "evil.example:5050",
        "localhost.evil.example:5050",
        "127.0.0.1.nip.io:5050",
        "x@127.0.0.1:5050",
      ],
      ...[
        "127.0.0.2:5050",
        "[::1]:5050",
        "[::ffff:127.0.0.1]:5050",
        "2130706433:5050",
        "127.1:5050",
      ],
      ...["127.0.0.1", "127.0.0.1:80", "127.0.0.1:05050x", "127.0.0.1:", ":5050", "", undefined],
    ]) {
      expect(answers("127.0.0.1", host), host).to.equal(false);
    }
    expect(answers("10.1.2.3", "localhost:5050")).to.equal(false);
  });

  it("takes every address and no name where it listens on all: no name leads there by rebinding", () => {
    for (const address of ["0.0.0.0", "::"]) {
      for (const host of ["192.0.2.7:5050", "[2001:db8::1]:5050", "localhost:5050"]) {
        expect(answers(address, host), host).to.equal(true);
      }
      expect(answers(address, "evil.example:5050")).to.equal(false);
      expect(answers(address, "192.0.2.7:5051")).to.equal(false);
    }
  });

  it("isLoopback() knows this machine's own addresses, and originOf() writes one", () => {
    expect(["127.0.0.1", "127.9.9.9", "::1"].every(isLoopback)).to.equal(true);
    expect(["0.0.0.0", "::", "10.0.0.1", "1127.0.0.1"].some(isLoopback)).to.equal(false);
    expect(originOf({ host: "::1", port: 5050 })).to.equal("http://[::1]:5050");
  });
});
