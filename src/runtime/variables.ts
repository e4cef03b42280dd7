// The environment variables that only some runtimes have a use for, beside those of the service.

import { SERVICE_VARIABLES } from "../config.ts";
import { integer, parseInteger, type Variable, type Variables } from "../environment.ts";

/** How a process ends: on Node and Deno. */
export interface ProcessVariables extends Variables {
  readonly SHUTDOWN_SECONDS: Variable<number>;
}

/** Where a process listens: on Node alone. Deno listens by its own flags, a Worker where its platform does. */
export interface NodeVariables extends ProcessVariables {
  readonly LISTEN_HOST: Variable<string>;
  readonly PORT: Variable<number>;
  readonly METRICS_PORT: Variable<number | undefined>;
  readonly METRICS_HOST: Variable<string>;
}

/** See {@link ProcessVariables}. */
export const PROCESS_VARIABLES: ProcessVariables = {
  SHUTDOWN_SECONDS: integer(
    10,
    [1, 600],
    "How long requests may finish after SIGTERM or SIGINT; on Node and Deno",
  ),
};

/** See {@link NodeVariables}. */
export const NODE_VARIABLES: NodeVariables = {
  LISTEN_HOST: {
    fallback: "127.0.0.1",
    about: "Address to listen on; `0.0.0.0` in a container; on Node",
    parse: (text) => text,
  },
  PORT: integer(5000, [1, 65_535], "Port to listen on; on Node"),
  ...PROCESS_VARIABLES,
  METRICS_PORT: {
    fallback: "",
    about: "A separate port that serves metrics for Prometheus at `/metrics`; on Node; unset: none",
    parse: (text) => (text === "" ? undefined : parseInteger(text, 1, 65_535)),
  },
  METRICS_HOST: {
    fallback: "127.0.0.1",
    about:
      "Address that METRICS_PORT listens on; a client that reaches it reads the tenants' names; on Node",
    parse: (text) => text,
  },
};

/** The variables that a Deno process reads. */
export const DENO_VARIABLES: readonly string[] = [
  ...Object.keys(SERVICE_VARIABLES),
  ...Object.keys(PROCESS_VARIABLES),
];

// Variables that would surprise by doing nothing. PORT is set by many platforms for every program.
const NODE_ALONE = ["LISTEN_HOST", "METRICS_PORT", "METRICS_HOST"] as const;

/** The names of the variables that are set and mean nothing on another runtime than Node. */
export function findIgnored(read: (name: string) => unknown): readonly string[] {
  return NODE_ALONE.filter((name) => Boolean(read(name)));
}
