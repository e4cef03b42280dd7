// A request's body, read up to a limit and no further.

import { AppError } from "../errors.ts";

/**
 * Refuses a request that announces a body over the limit, before any of it is read.
 * @throws {AppError} BODY_TOO_LARGE
 */
export function checkContentLength(request: Request, maxBytes: number): void {
  const length = Number(request.headers.get("content-length") ?? 0);
  // Written so that what is no number is refused, too.
  if (!(length <= maxBytes)) throw tooLarge(maxBytes);
}

/**
 * Reads a body as JSON.
 * @param maxBytes the largest body; a longer one is not read to its end
 * @throws {AppError} BODY_TOO_LARGE; BODY_INVALID when it is empty, cut off, no UTF-8 or no JSON
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  checkContentLength(request, maxBytes);
  const bytes = await readBytes(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new AppError("BODY_INVALID", "Cannot read body: it is no JSON text in UTF-8");
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  try {
    // The HTTP parser holds a body to its announced length; only one without needs counting.
    if (request.headers.has("content-length")) return new Uint8Array(await request.arrayBuffer());
    return await readCounted(request.body, maxBytes);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("BODY_INVALID", "Cannot read body: it ended early", { cause: error });
  }
}

async function readCounted(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(part.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("BODY_TOO_LARGE", `Cannot read body: it is over ${maxBytes} bytes`);
}
