// Clients that read and write the tenants of a service, and know what they wrote: a value names its tenant.

import { Agent } from "node:http";
import { type HttpAnswer, sendHttp } from "../../support/program/service.ts";
import { hostOf } from "../names.ts";

/** What the clients did since the last look. */
export interface Figures {
  readonly requests: number;
  /** Answers that are not 2xx, and lost connections: the status or the error, with its count. */
  readonly failures: Readonly<Record<string, number>>;
  /** The longest answers, in milliseconds. */
  readonly longestReadMs: number;
  readonly longestWriteMs: number;
  readonly p99Ms: number;
  /** Values of another tenant. */
  readonly foreign: number;
  /** Writes of a new key that found it written already. */
  readonly twice: number;
}

const PER_TENANT = 10_000_000;

/** The load on a service. */
export class Load {
  /** The keys of each tenant whose writes were acknowledged, with their values. */
  readonly written: Map<number, Map<number, number>> = new Map();
  readonly #agent: Agent;
  readonly #port: number;
  readonly #tenants: number;
  readonly #counts: (tenant: number) => boolean;
  readonly #stopping = new AbortController();
  #clients: readonly Promise<void>[] = [];
  #reads: number[] = [];
  #writes: number[] = [];
  #failures: Record<string, number> = {};
  #foreign = 0;
  #twice = 0;
  #key: number;

  /** @param counts the tenants whose answers count in the figures; every tenant is asked */
  constructor(
    port: number,
    clients: number,
    tenants: number,
    counts: (tenant: number) => boolean = () => true,
  ) {
    [this.#port, this.#tenants, this.#counts] = [port, tenants, counts];
    // The keys of another load on the same tenants are other ones.
    this.#key = Math.floor(performance.now() * 10);
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.#clients = Array.from({ length: clients }, () => this.#run());
  }

  /** Returns what happened since the last call. */
  take(): Figures {
    const times = [...this.#reads, ...this.#writes].toSorted((one, other) => one - other);
    const figures = {
      requests: times.length,
      failures: this.#failures,
      longestReadMs: Math.max(0, ...this.#reads),
      longestWriteMs: Math.max(0, ...this.#writes),
      p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
      foreign: this.#foreign,
      twice: this.#twice,
    };
    [this.#reads, this.#writes, this.#failures] = [[], [], {}];
    [this.#foreign, this.#twice] = [0, 0];
    return figures;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const tenant = 1 + Math.floor(Math.random() * this.#tenants);
      await (Math.random() < 0.5 ? this.#read(tenant) : this.#write(tenant));
    }
  }

  async #read(tenant: number): Promise<void> {
    const known = [...(this.written.get(tenant) ?? [])];
    const [key, value] = known[Math.floor(Math.random() * known.length)] ?? [1, undefined];
    const answer = await this.#send(tenant, "GET", `/data/${key}`, undefined, this.#reads);
    if (answer?.status !== 200) return;
    if (value !== undefined && answer.text !== JSON.stringify({ value })) this.#foreign += 1;
  }

  async #write(tenant: number): Promise<void> {
    this.#key += 1;
    const [key, value] = [this.#key, tenant * PER_TENANT + this.#key];
    const body = JSON.stringify({ value });
    const answer = await this.#send(tenant, "PUT", `/data/${key}`, body, this.#writes);
    if (answer?.status === 200) this.#twice += 1;
    if (answer?.status !== 200 && answer?.status !== 201) return;
    const own = this.written.get(tenant) ?? new Map<number, number>();
    this.written.set(tenant, own.set(key, value));
  }

  async #send(
    tenant: number,
    method: string,
    path: string,
    body: string | undefined,
    times: number[],
  ): Promise<HttpAnswer | undefined> {
    const since = performance.now();
    let failure: string | undefined;
    try {
      const answer = await sendHttp(this.#port, hostOf(tenant), method, path, body, this.#agent);
      // Before its first write a tenant has no key; any other 404 is a failure.
      const isAbsent =
        method === "GET" && answer.status === 404 && answer.text.includes('"code":"NOT_FOUND"');
      if (answer.status >= 300 && !isAbsent) failure = `${method} ${answer.status}`;
      return answer;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      return undefined;
    } finally {
      if (this.#counts(tenant)) {
        times.push(performance.now() - since);
        if (failure !== undefined) this.#failures[failure] = (this.#failures[failure] ?? 0) + 1;
      }
    }
  }
}
