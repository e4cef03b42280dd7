// A database whose messages are measured and traced, for one request. Of a message only the kind of its
// statements is told, never its text: that holds values.

import {
  type Attributes,
  type Context,
  type Histogram,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Database, Link, Results } from "../database/database.ts";
import { AppError, sqlState } from "../errors.ts";
import { harmless } from "./quietly.ts";

/** Where messages are told of. */
export interface MessageSinks {
  /** In seconds; undefined when nobody collects metrics. */
  readonly duration: Histogram | undefined;
  /** Undefined when the request is not traced. */
  readonly tracer: Tracer | undefined;
  /** Holds the request's span. */
  readonly context: Context;
}

const SYSTEM = { "db.system.name": "postgresql" };
// A tag begins with one of these words, comments before it aside.
const OPERATION = /^\s*(select|insert|update|delete|merge|with|values|table)\b/i;

/** A database that does what `database` does, and tells of it. */
export class WatchedDatabase implements Database {
  readonly #database: Database;
  readonly #sinks: MessageSinks;

  constructor(database: Database, sinks: MessageSinks) {
    this.#database = database;
    this.#sinks = sinks;
  }

  send(message: string, owner?: string, statements?: readonly string[]): Promise<Results> {
    return watch(this.#sinks, statements, () => this.#database.send(message, owner));
  }

  /** Its span is around those of its messages: BEGIN and COMMIT have none of their own. */
  async transaction<T>(work: (link: Link) => Promise<T>, owner?: string): Promise<T> {
    const { tracer, context } = this.#sinks;
    const span = harmless(() => tracer?.startSpan("transaction", { attributes: SYSTEM }, context));
    const sinks =
      span === undefined ? this.#sinks : { ...this.#sinks, context: trace.setSpan(context, span) };
    let failure: Attributes | undefined;
    try {
      return await this.#database.transaction((link) => work(watchLink(link, sinks)), owner);
    } catch (error) {
      failure = describeFailure(error);
      throw error;
    } finally {
      if (span !== undefined) endSpan(span, failure);
    }
  }

  close(seconds: number): Promise<void> {
    return this.#database.close(seconds);
  }
}

function watchLink(link: Link, sinks: MessageSinks): Link {
  return {
    send: (message, statements) => watch(sinks, statements, () => link.send(message)),
    savepoint: (work) => link.savepoint((inner) => work(watchLink(inner, sinks))),
  };
}

async function watch(
  { duration, tracer, context }: MessageSinks,
  statements: readonly string[] | undefined,
  send: () => Promise<Results>,
): Promise<Results> {
  const started = performance.now();
  const operation = describeOperation(statements);
  const span = harmless(() =>
    tracer?.startSpan(
      operation["db.operation.name"] ?? "postgresql",
      { kind: SpanKind.CLIENT, attributes: operation },
      context,
    ),
  );
  let failure: Attributes | undefined;
  try {
    return await send();
  } catch (error) {
    failure = describeFailure(error);
    throw error;
  } finally {
    const name = operation["db.operation.name"];
    harmless(() =>
      duration?.record((performance.now() - started) / 1000, {
        ...SYSTEM,
        ...(name === undefined ? {} : { "db.operation.name": name }),
        ...failure,
      }),
    );
    if (span !== undefined) endSpan(span, failure);
  }
}

function endSpan(span: Span, failure: Attributes | undefined): void {
  harmless(() => {
    if (failure !== undefined)
      span.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
}

interface Operation extends Attributes {
  readonly "db.operation.name"?: string;
}

/** https://opentelemetry.io/docs/specs/semconv/database/database-spans/: BATCH for several statements. */
function describeOperation(statements: readonly string[] = []): Operation {
  const names = new Set(statements.map((text) => OPERATION.exec(text)?.[1]?.toUpperCase()));
  const [name] = names;
  if (statements.length > 1) {
    const batch = names.size === 1 && name !== undefined ? `BATCH ${name}` : "BATCH";
    return {
      ...SYSTEM,
      "db.operation.name": batch,
      "db.operation.batch.size": statements.length,
    };
  }
  return name === undefined ? SYSTEM : { ...SYSTEM, "db.operation.name": name };
}

/** Neither message nor detail: they hold values. */
function describeFailure(error: unknown): Attributes {
  const state = sqlState(error);
  if (state !== undefined) return { "db.response.status_code": state, "error.type": state };
  return { "error.type": error instanceof AppError ? error.code : "_OTHER" };
}
