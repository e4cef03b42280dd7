// What a client may rely on, on every runtime: one contract, spoken over HTTP only. The files beside this
// one are its chapters; the last of them judges every answer that the others had.

import type { Answer } from "../../support/network/http-client.ts";
import { describeFaults } from "./faults.ts";
import { describeHosts, type Malformed } from "./hosts.ts";
import { describeLimits } from "./limits.ts";
import { describeRoutes } from "./routes.ts";
import { openRuntimeStage, type RuntimeStage, type Start } from "./stage.ts";
import { describeTraffic } from "./traffic.ts";
import { describeVerdict } from "./verdict.ts";

/** Where a runtime's own HTTP server comes before the application. Each entry needs its reason. */
export interface Differences {
  /** Malformed hosts that it refuses itself, in its own words. */
  readonly refusesItself?: readonly Malformed[];
  /** A request has to be sent to its end before its answer is read. */
  readonly waitsForBody?: boolean;
  /** Whether an answer is not the service's, and says that the request never came to it. */
  readonly isLost?: (answer: Answer) => boolean;
}

const TIMEOUT_MS = 60_000;

/** Defines the tests of one runtime. `start` is called once. */
export function describeContract(name: string, start: Start, differences: Differences = {}): void {
  describe(`the contract on ${name}`, function () {
    this.timeout(TIMEOUT_MS);
    let stage: RuntimeStage | undefined;
    const at = (): RuntimeStage => {
      if (stage === undefined) throw new Error("The stage is not open");
      return stage;
    };

    before(async () => {
      stage = await openRuntimeStage(start, differences.isLost);
    });

    after(() => stage?.close());

    describeRoutes(at);
    describeHosts(at, differences);
    describeLimits(at, differences);
    describeTraffic(at);
    describeFaults(at);
    describeVerdict(at, differences);

    it("leaves no process behind when it is stopped", () => at().runtime.stop());
  });
}
