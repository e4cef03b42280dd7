// One request as it is told of: a server span around it, its messages, and what it counts as. Nothing that
// a client or a tenant wrote becomes an attribute: no path, no key, no host, no header, no text of an error.

import {
  type Attributes,
  context,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Database } from "../database/database.ts";
import type { AppError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import { harmless } from "./quietly.ts";
import type { Instruments } from "./instruments.ts";
import { WatchedDatabase } from "./message-span.ts";
import { type RequestAttributes, requestAttributes } from "./request-attributes.ts";
import type { TenantNames } from "./tenant-names.ts";

/** Where requests are told of; what nobody collects is undefined. */
export interface RequestSinks {
  readonly tracer: Tracer | undefined;
  readonly instruments: Instruments | undefined;
  readonly tenants: TenantNames;
  /** The requests at work now. */
  readonly active: Map<RequestAttributes, number>;
}

const HEADERS: TextMapGetter<Headers> = {
  get: (headers, name) => headers.get(name) ?? undefined,
  keys: (headers) => [...headers.keys()],
};

/** From a request's arrival to its answer. */
export class RequestWatch {
  readonly #sinks: RequestSinks;
  readonly #attributes: RequestAttributes;
  /** The span of the runtime, or of an instrumentation, that has begun before: its end is not ours. */
  readonly #outer: Span | undefined;
  readonly #span: Span | undefined;
  readonly #context: Context;

  constructor(sinks: RequestSinks, request: Request) {
    this.#sinks = sinks;
    this.#attributes = requestAttributes(request);
    this.#outer = trace.getActiveSpan();
    if (this.#outer !== undefined) {
      this.#span = this.#outer;
      this.#context = context.active();
      return;
    }
    if (sinks.tracer === undefined) {
      this.#context = ROOT_CONTEXT;
      this.#count(1);
      return;
    }
    const parent = propagation.extract(ROOT_CONTEXT, request.headers, HEADERS);
    const attributes: Attributes = { ...this.#attributes };
    this.#span = sinks.tracer.startSpan(
      this.#name(undefined),
      { kind: SpanKind.SERVER, attributes },
      parent,
    );
    this.#context = trace.setSpan(parent, this.#span);
    this.#count(1);
  }

  /** The database with this request's messages told of. */
  database(database: Database): Database {
    const { tracer, instruments } = this.#sinks;
    return new WatchedDatabase(database, {
      duration: instruments?.operationDuration,
      tracer: this.#span?.isRecording() ? tracer : undefined,
      context: this.#context,
    });
  }

  /**
   * The answer is there. Never throws.
   * @param failure what it answers, if that is an error
   */
  end(exchange: Exchange, status: number, ms: number, failure: AppError | undefined): void {
    if (this.#outer === undefined) this.#count(-1);
    harmless(() => this.#tell(exchange, status, ms, failure));
  }

  #tell(exchange: Exchange, status: number, ms: number, failure: AppError | undefined): void {
    const { instruments, tenants } = this.#sinks;
    const schemaName = tenants.find(exchange, failure);
    const answer: Attributes = { "http.response.status_code": status };
    if (exchange.route !== undefined) answer["http.route"] = exchange.route;
    // By the conventions, what the client did wrong is no error of the server.
    if (status >= 500) answer["error.type"] = failure?.code ?? String(status);
    const outcome = { "rowhouse.outcome": failure?.code ?? "ok" };
    if (instruments !== undefined) {
      const seconds = ms / 1000;
      if (this.#outer === undefined) {
        instruments.requestDuration.record(seconds, { ...this.#attributes, ...answer });
      }
      const tenant =
        schemaName === undefined ? {} : { "rowhouse.tenant": tenants.label(schemaName) };
      instruments.outcomes.add(1, { ...tenant, ...outcome });
      if (schemaName !== undefined) instruments.tenantRequestDuration.record(seconds, tenant);
    }
    if (this.#span?.isRecording()) {
      const tenant = schemaName === undefined ? {} : { "rowhouse.tenant": schemaName };
      this.#span.setAttributes({ ...answer, ...tenant, ...outcome });
      if (exchange.route !== undefined) this.#span.updateName(this.#name(exchange.route));
      if (status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    if (this.#outer === undefined) this.#span?.end();
  }

  #name(route: string | undefined): string {
    const given = this.#attributes["http.request.method"];
    const method = given === "_OTHER" ? "HTTP" : given;
    return route === undefined ? method : `${method} ${route}`;
  }

  #count(change: 1 | -1): void {
    const { active } = this.#sinks;
    active.set(this.#attributes, (active.get(this.#attributes) ?? 0) + change);
  }
}
