// The environment variables that only some runtimes use, beside those of the service.

import { SERVICE_VARIABLES } from "../config.ts";
import { integer, parseInteger, type Variable, type Variables } from "../environment.ts";

/** The variables of a process, on Node and Deno. */
export interface ProcessVariables extends Variables {
  readonly DATABASE_URL_FILE: Variable<string | undefined>;
  readonly SHUTDOWN_SECONDS: Variable<number>;
}

/** The variables of a process on Node. Deno listens where its flags say, a Worker where its platform does. */
export interface NodeVariables extends ProcessVariables {
  readonly LISTEN_HOST: Variable<string>;
  readonly PORT: Variable<number>;
  readonly METRICS_PORT: Variable<number | undefined>;
  readonly METRICS_HOST: Variable<string>;
}

/** The table of the variables of a process. */
export const PROCESS_VARIABLES: ProcessVariables = {
  DATABASE_URL_FILE: {
    fallback: "",
    about: "File that contains DATABASE_URL, instead of that variable; on Node and Deno",
    parse: (text) => (text === "" ? undefined : text),
  },
  SHUTDOWN_SECONDS: integer(
    10,
    [1, 600],
    "How long requests may finish after SIGTERM or SIGINT; on Node and Deno",
  ),
};

/** The table of the variables of a process on Node. */
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
    about: "A separate port that serves metrics for Prometheus at `/metrics`; on Node",
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

// The variables that a start on Deno or Workers reports as ignored. Not PORT: many platforms set it for every program.
const NODE_ALONE = ["LISTEN_HOST", "METRICS_PORT", "METRICS_HOST"] as const;

/**
 * The names of the variables that are set although only Node uses them.
 * @param more names that the runtime does not use, in addition to those of Node
 */
export function findIgnored(
  read: (name: string) => unknown,
  more: readonly string[] = [],
): readonly string[] {
  return [...NODE_ALONE, ...more].filter((name) => Boolean(read(name)));
}
