// The contract on Deno, from its npm package.

import { startRuntime } from "../support/program/runtime.ts";
import { describeContract } from "./contract/contract.ts";

describeContract("Deno", (env) => startRuntime("deno", env), {
  // Its HTTP parser answers a second Host header with a bare 400, as RFC 9112 (3.2) has it.
  refusesItself: ["doubled"],
});
