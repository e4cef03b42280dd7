// Bounds a request's body in bytes and in time, whether the library or a handler reads it.

import { AppError } from "../errors.ts";
import type { Limits } from "./limits.ts";

/** The bounds of a body. */
export type BodyLimits = Pick<Limits, "bodyBytes" | "bodyMs">;

/**
 * Checks the announced length of a body before any of it is read.
 * @throws {AppError} BODY_TOO_LARGE
 */
export function checkContentLength(request: Request, { bodyBytes }: BodyLimits): void {
  const length = Number(request.headers.get("content-length") ?? 0);
  // Negated, because every comparison with NaN is false: a text that is not a number must fail, too.
  if (!(length <= bodyBytes)) throw tooLarge(bodyBytes);
}

/**
 * Reads a body as JSON.
 * @throws {AppError} BODY_TOO_LARGE; BODY_TIMEOUT; BODY_INVALID when it is empty, cut off, not UTF-8 or not JSON
 */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  checkContentLength(request, limits);
  const bytes = await readBytes(request, limits);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new AppError("BODY_INVALID", "Cannot read body: it is not valid JSON in UTF-8");
  }
}

/**
 * The same request with a body that fails when it exceeds a limit, for a handler that reads the body itself.
 * @param request its body must not have been read
 */
export function boundBody(request: Request, limits: BodyLimits): Request {
  if (request.body === null) return request;
  checkContentLength(request, limits);
  const deadline = createDeadline(limits.bodyMs);
  let length = 0;
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      deadline.passed.catch((error: unknown) => controller.error(error));
    },
    transform(chunk, controller) {
      length += chunk.length;
      if (length > limits.bodyBytes) controller.error(tooLarge(limits.bodyBytes));
      else controller.enqueue(chunk);
    },
    flush: () => deadline.clear(),
  });
  // A stream as body requires `duplex`: https://fetch.spec.whatwg.org/#dom-requestinit-duplex
  const init: RequestInit & { duplex: "half" } = {
    method: request.method,
    headers: request.headers,
    body: request.body.pipeThrough(bounded),
    signal: request.signal,
    duplex: "half",
  };
  return new Request(request.url, init);
}

async function readBytes(request: Request, { bodyBytes, bodyMs }: BodyLimits): Promise<Uint8Array> {
  const deadline = createDeadline(bodyMs);
  try {
    // The HTTP parser enforces an announced length; only a body without one needs counting.
    const read = request.headers.has("content-length")
      ? request.arrayBuffer().then((buffer) => new Uint8Array(buffer))
      : readCounted(request.body, bodyBytes, deadline.passed);
    return await Promise.race([read, deadline.passed]);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("BODY_INVALID", "Cannot read body: it ended early", { cause: error });
  } finally {
    deadline.clear();
  }
}

async function readCounted(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  passed: Promise<never>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  try {
    for (;;) {
      const part = await Promise.race([reader?.read(), passed]);
      if (part?.value === undefined) break;
      length += part.value.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(part.value);
    }
  } catch (error) {
    // The rest of the body is not needed. The code must not wait for it: the stream may never end.
    void reader?.cancel().catch(() => {});
    throw error;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function createDeadline(ms: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError("BODY_TIMEOUT", `Cannot read body: it took longer than ${ms} ms`));
    }, ms);
  });
  passed.catch(() => {});
  return { passed, clear: () => clearTimeout(timer) };
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("BODY_TOO_LARGE", `Cannot read body: it is over ${maxBytes} bytes`);
}
