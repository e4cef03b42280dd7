// Records one request in spans and metrics: its server span, its messages, and its outcome by tenant. A text that a
// client or a tenant wrote never becomes an attribute: not a path, a key, a host, a header or an error's message.

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
import type { Observation, Outcome } from "../http/observer.ts";
import { quietly, type Report } from "../report.ts";
import type { Instruments } from "./instruments.ts";
import { ObservedDatabase } from "./message-span.ts";
import { type RequestAttributes, requestAttributes } from "./request-attributes.ts";
import type { TenantLabels } from "./tenant-labels.ts";

/** The destinations of all requests' measurements; undefined for those that are not collected. */
export interface Sinks {
  readonly tracer: Tracer | undefined;
  readonly instruments: Instruments | undefined;
  readonly labels: TenantLabels;
  /** The requests in progress now. */
  readonly active: Map<RequestAttributes, number>;
  readonly report: Report;
}

const HEADERS: TextMapGetter<Headers> = {
  get: (headers, name) => headers.get(name) ?? undefined,
  keys: (headers) => [...headers.keys()],
};

/** The observation of one request, from its arrival to its answer. */
export class RequestSpan implements Observation {
  readonly #sinks: Sinks;
  readonly #attributes: RequestAttributes;
  /** The span that a runtime or an instrumentation began before; it also ends it. */
  readonly #outer: Span | undefined;
  readonly #span: Span | undefined;
  readonly #context: Context;

  constructor(sinks: Sinks, request: Request, trusted: boolean) {
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
    const incoming = propagation.extract(ROOT_CONTEXT, request.headers, HEADERS);
    const remote = trusted ? undefined : trace.getSpanContext(incoming);
    const parent = trusted ? incoming : ROOT_CONTEXT;
    const attributes: Attributes = { ...this.#attributes };
    const links = remote === undefined ? [] : [{ context: remote }];
    this.#span = sinks.tracer.startSpan(
      this.#name(undefined),
      { kind: SpanKind.SERVER, attributes, links },
      parent,
    );
    this.#context = trace.setSpan(parent, this.#span);
    this.#count(1);
  }

  database(database: Database): Database {
    const { tracer, instruments, report } = this.#sinks;
    return new ObservedDatabase(database, {
      duration: instruments?.operationDuration,
      tracer: this.#span?.isRecording() ? tracer : undefined,
      context: this.#context,
      report,
    });
  }

  end(outcome: Outcome): void {
    if (this.#outer === undefined) this.#count(-1);
    quietly(() => this.#record(outcome), this.#sinks.report);
  }

  #record({ status, ms, route, schemaName, failure }: Outcome): void {
    const { instruments, labels } = this.#sinks;
    const answer: Attributes = { "http.response.status_code": status };
    if (route !== undefined) answer["http.route"] = route;
    // By the conventions, an error of the client is not an error of the server span.
    if (status >= 500) answer["error.type"] = failure?.code ?? String(status);
    const outcome = { "rowhouse.outcome": failure?.code ?? "ok" };
    if (instruments !== undefined) {
      const seconds = ms / 1000;
      if (this.#outer === undefined) {
        instruments.requestDuration.record(seconds, { ...this.#attributes, ...answer });
      }
      const tenant = schemaName === undefined ? {} : { "rowhouse.tenant": labels.of(schemaName) };
      instruments.outcomes.add(1, { ...tenant, ...outcome });
      if (schemaName !== undefined) instruments.tenantRequestDuration.record(seconds, tenant);
    }
    if (this.#span?.isRecording()) {
      const tenant = schemaName === undefined ? {} : { "rowhouse.tenant": schemaName };
      this.#span.setAttributes({ ...answer, ...tenant, ...outcome });
      if (route !== undefined) this.#span.updateName(this.#name(route));
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
