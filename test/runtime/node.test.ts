// The contract on Node.

import { startRuntime } from "../support/runtime.ts";
import { describeContract } from "./contract.ts";

describeContract("Node", (env) => startRuntime("node", env));
