// Measures and traces the messages of one request. It records only the kind of a message's statements, never their
// text, which holds values.

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
import type { Beginning, Database, Link } from "../database/database.ts";
import type { Answer, Message, Statement } from "../database/message.ts";
import type { Row } from "../database/values/rows.ts";
import { AppError, sqlState } from "../errors.ts";
import { quietly, type Report } from "../report.ts";

/** The destinations of a request's measurements. */
export interface MessageSinks {
  /** Durations in seconds; undefined when metrics are not collected. */
  readonly duration: Histogram | undefined;
  /** Spans; undefined when the request is not traced. */
  readonly tracer: Tracer | undefined;
  /** The context that holds the request's span. */
  readonly context: Context;
  /** The database of the transaction that the messages belong to, where there are several. */
  readonly database?: string;
  readonly report: Report;
}

const SYSTEM = { "db.system.name": "postgresql" };
// A statement begins with one of these words, unless a comment comes first.
const OPERATION = /^\s*(select|insert|update|delete|merge|with|values|table)\b/i;

/** A database that passes every call to another one, and records it. */
export class ObservedDatabase implements Database {
  readonly #database: Database;
  readonly #sinks: MessageSinks;

  constructor(database: Database, sinks: MessageSinks) {
    this.#database = database;
    this.#sinks = sinks;
  }

  send(message: Message): Promise<Answer> {
    return observe(this.#sinks, message.statements, () => this.#database.send(message));
  }

  /** Its span contains those of its statements. BEGIN and COMMIT do not have their own spans. */
  async transaction<T>(
    work: (link: Link, entered: Row | undefined, database?: string) => Promise<T>,
    beginning?: Beginning,
  ): Promise<T> {
    const { tracer, context, report } = this.#sinks;
    const start = (): Span | undefined =>
      tracer?.startSpan("transaction", { attributes: SYSTEM }, context);
    const span = quietly(start, report);
    const sinks =
      span === undefined ? this.#sinks : { ...this.#sinks, context: trace.setSpan(context, span) };
    let failure: Attributes | undefined;
    try {
      return await this.#database.transaction((link, entered, database) => {
        if (database === undefined) return work(observeLink(link, sinks), entered);
        nameDatabase(span, database, report);
        return work(observeLink(link, { ...sinks, database }), entered, database);
      }, beginning);
    } catch (error) {
      failure = describeFailure(error);
      throw error;
    } finally {
      if (span !== undefined) endSpan(span, failure, report);
    }
  }

  get others(): Database["others"] {
    return this.#database.others;
  }

  close(seconds: number): Promise<void> {
    return this.#database.close(seconds);
  }
}

function observeLink(link: Link, sinks: MessageSinks): Link {
  return {
    send: (statements) => observe(sinks, statements, () => link.send(statements)),
    savepoint: (work) => link.savepoint((inner) => work(observeLink(inner, sinks))),
  };
}

async function observe<T>(
  { duration, tracer, context, database, report }: MessageSinks,
  statements: readonly Statement[],
  send: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const operation = describeOperation(statements);
  const name = operation["db.operation.name"];
  const start = (): Span | undefined =>
    tracer?.startSpan(
      name ?? "postgresql",
      { kind: SpanKind.CLIENT, attributes: operation },
      context,
    );
  const span = quietly(start, report);
  nameDatabase(span, database, report);
  let failure: Attributes | undefined;
  try {
    const answer = await send();
    nameDatabase(span, databaseOf(answer), report);
    return answer;
  } catch (error) {
    failure = describeFailure(error);
    throw error;
  } finally {
    const record = (): void =>
      duration?.record((performance.now() - started) / 1000, {
        ...SYSTEM,
        ...(name === undefined ? {} : { "db.operation.name": name }),
        ...failure,
      });
    quietly(record, report);
    if (span !== undefined) endSpan(span, failure, report);
  }
}

function nameDatabase(span: Span | undefined, name: string | undefined, report: Report): void {
  if (span === undefined || name === undefined) return;
  quietly(() => span.setAttribute("rowhouse.database", name), report);
}

/** The database that gave an answer, where there are several. */
function databaseOf(answer: unknown): string | undefined {
  const isNamed = typeof answer === "object" && answer !== null && "database" in answer;
  return isNamed && typeof answer.database === "string" ? answer.database : undefined;
}

function endSpan(span: Span, failure: Attributes | undefined, report: Report): void {
  quietly(() => {
    if (failure !== undefined)
      span.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }, report);
}

interface Operation extends Attributes {
  readonly "db.operation.name"?: string;
}

/** https://opentelemetry.io/docs/specs/semconv/database/database-spans/: BATCH for several statements. */
function describeOperation(statements: readonly Statement[]): Operation {
  const names = new Set(
    statements.map((statement) => {
      const text = typeof statement === "string" ? statement : statement.text;
      return OPERATION.exec(text)?.[1]?.toUpperCase();
    }),
  );
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

/** Leaves out the error's message and detail, because they hold values. */
function describeFailure(error: unknown): Attributes {
  const state = sqlState(error);
  if (state !== undefined) return { "db.response.status_code": state, "error.type": state };
  return { "error.type": error instanceof AppError ? error.code : "_OTHER" };
}
