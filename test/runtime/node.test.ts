// The contract on Node.

import { startRuntime } from "../support/program/runtime.ts";
import { describeContract } from "./contract/contract.ts";

describeContract("Node", (env) => startRuntime("node", env));
