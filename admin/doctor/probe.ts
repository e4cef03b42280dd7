// A client connection that examines a server or a pooler: short timeouts, the simple protocol by default, and the
// connection's key as the pooler reports it.

import pg from "pg";
import { readConnection } from "../registry/connection/connection.ts";
import { databaseCode } from "../registry/database-code.ts";

/** A client connection. */
export interface Probe {
  /**
   * The process that the connection's key names. PostgreSQL names the backend; a pooler makes up its own
   * key. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
   */
  readonly keyProcess: number | undefined;
  /** Whether the client's side of the connection is encrypted. */
  readonly encrypted: boolean;
  /** Sends one message and returns the rows of its last statement. */
  query<R extends object = Record<string, unknown>>(text: string): Promise<R[]>;
  /** Prepares a statement under a name, and runs it once. */
  prepared(name: string, text: string): Promise<void>;
  /** Whether the server sees this very connection, and not one of a relay or pooler. */
  isOwnPort(): Promise<boolean>;
  /** The backend that runs this connection's next statement. */
  backend(): Promise<number>;
  /** The SQLSTATE with which a message fails; undefined when it succeeds. */
  failure(text: string): Promise<string | undefined>;
  /** Ends the connection before {@link withProbes} does. */
  close(): Promise<void>;
}

/** Opens probes; {@link withProbes} closes all of them. */
export type OpenProbe = (options?: string) => Promise<Probe>;

const TIMEOUT_MS = 3000;

/** Hands `work` a function that opens probes, and always closes the probes. */
export async function withProbes<T>(
  url: string,
  work: (open: OpenProbe) => Promise<T>,
): Promise<T> {
  const clients: pg.Client[] = [];
  const open: OpenProbe = async (options) => {
    const client = new pg.Client({
      ...(await readConnection(url, "rowhouse-doctor")),
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      ...(options === undefined ? {} : { options }),
    });
    client.on("error", () => {});
    clients.push(client);
    await client.connect();
    return createProbe(client);
  };
  try {
    return await work(open);
  } finally {
    await Promise.all(clients.map(close));
  }
}

/** A statement that hangs would delay the Terminate message, too. */
async function close(client: pg.Client): Promise<void> {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  const timer = setTimeout(() => connection.stream.destroy(), 1000);
  await client.end().catch(() => {});
  clearTimeout(timer);
}

function createProbe(client: pg.Client): Probe {
  // pg's types lack both.
  const inner = client as unknown as {
    processID?: number | null;
    connection: { stream: { encrypted?: boolean; localPort?: number } };
  };
  // Several statements give several results.
  const query = async <R extends object>(text: string): Promise<R[]> => {
    const result = await client.query<R>(text);
    const last = Array.isArray(result) ? (result as pg.QueryResult<R>[]).at(-1) : result;
    return last?.rows ?? [];
  };
  return {
    keyProcess: inner.processID ?? undefined,
    encrypted: inner.connection.stream.encrypted === true,
    query,
    async prepared(name, text) {
      await client.query({ name, text });
    },
    async isOwnPort() {
      const [row] = await query<{ port: number | null }>(
        "select pg_catalog.inet_client_port() as port",
      );
      return row?.port === inner.connection.stream.localPort;
    },
    async backend() {
      const [row] = await query<{ pid: number }>("select pg_catalog.pg_backend_pid() as pid");
      return row?.pid ?? 0;
    },
    async failure(text) {
      try {
        await client.query(text);
        return undefined;
      } catch (error) {
        const code = databaseCode(error);
        if (code === undefined) throw error;
        return code;
      }
    },
    close: () => close(client),
  };
}
