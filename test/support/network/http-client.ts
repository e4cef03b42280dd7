// A client that sends any Host header, or none, and any framing, and keeps every answer for the end.

import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

/** One answer. */
export interface Answer {
  /** As in `GET acme.example.com /data/1`, to tell answers apart in a failure. */
  readonly call: string;
  /** The request's Host header; undefined when it had none or several. */
  readonly host: string | undefined;
  readonly method: string;
  /** The request's target, with its query. */
  readonly path: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** A request as it goes over the wire. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly hosts: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sends the body without its length. */
  readonly chunked?: boolean;
  /** Leaves the request without its end. */
  readonly open?: boolean;
}

/** A client of one port of 127.0.0.1; made by {@link createClient}. */
export interface Client {
  /** Every answer to {@link request} and {@link send}, in the order of arrival. */
  readonly answers: readonly Answer[];
  /** Sends a request to a host. A body that is no string is sent as JSON. */
  request(host: string, method: string, path: string, body?: unknown): Promise<Answer>;
  /** Sends a request on a connection of its own; `unkept` leaves its answer out of `answers`. */
  send(call: Call, unkept?: "unkept"): Promise<Answer>;
  /** Begins a request whose answer nobody wants; the caller ends it. */
  begin(call: Call): ClientRequest;
  close(): void;
}

// Servers close idle connections, wrangler's after 5 s: the client must be the first.
const IDLE_TIMEOUT_MS = 2000;

/**
 * Opens nothing yet. Whoever creates it closes it.
 * @param isLost whether an answer says that the request never came to the service: such a request is sent
 *   once more, and of its two answers the second counts
 */
export function createClient(
  port: number,
  isLost: (answer: Answer) => boolean = () => false,
): Client {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_TIMEOUT_MS });
  const answers: Answer[] = [];
  const begin = (call: Call, agentOrNone: Agent | false = false): ClientRequest => {
    const { method, path, hosts, headers = {}, body, chunked } = call;
    const pairs = hosts.flatMap((host) => ["Host", host]);
    pairs.push(...Object.entries(headers).flat());
    if (body !== undefined && !chunked) pairs.push("Content-Length", `${Buffer.byteLength(body)}`);
    if (chunked) pairs.push("Transfer-Encoding", "chunked");
    const outgoing = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      setHost: false,
      headers: pairs,
      agent: agentOrNone,
    });
    if (call.open) {
      if (body === undefined) outgoing.flushHeaders();
      else outgoing.write(body);
    } else outgoing.end(body);
    return outgoing;
  };
  const receive = async (call: Call, agentOrNone: Agent | false): Promise<Answer> => {
    const outgoing = begin(call, agentOrNone);
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on("error", reject).on("response", resolve);
    });
    const text = (await incoming.setEncoding("utf8").toArray()).join("");
    if (call.open) outgoing.destroy();
    return {
      call: `${call.method} ${call.hosts.join()} ${call.path}`,
      host: call.hosts.length === 1 ? call.hosts[0] : undefined,
      method: call.method,
      path: call.path,
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      text,
      json: parse(text),
    };
  };
  const perform = async (call: Call, agentOrNone: Agent | false, keep: boolean) => {
    const first = await receive(call, agentOrNone);
    const answer = isLost(first) ? await receive(call, agentOrNone) : first;
    if (keep) answers.push(answer);
    return answer;
  };
  return {
    answers,
    request(host, method, path, body) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const sent = text ?? (["PUT", "POST"].includes(method) ? "" : undefined);
      const call: Call = {
        hosts: [host],
        method,
        path,
        ...(sent === undefined ? {} : { body: sent }),
      };
      return perform(call, agent, true);
    },
    send: (call, unkept) => perform(call, false, unkept === undefined),
    begin(call) {
      return begin(call).on("error", () => {}); // it ends before its answer
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
