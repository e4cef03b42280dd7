// Fetches the text of a metrics endpoint, within limits of time and size.

/** The reason why a scrape failed, as one line for the page. */
export class ScrapeError extends Error {
  override readonly name = "ScrapeError";
}

const TIMEOUT_MS = 1500;
const MAX_BYTES = 16_000_000;

/**
 * Fetches the text. It does not follow a redirect to an endpoint that nobody named.
 * @param signal ends the scrape early
 * @throws {ScrapeError}
 */
export async function scrape(url: string, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { accept: "text/plain;version=0.0.4" },
      signal: AbortSignal.any([signal, deadline]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new ScrapeError(`it answers with status ${response.status}`);
    }
    return await readText(response);
  } catch (error) {
    if (error instanceof ScrapeError) throw error;
    if (deadline.aborted) throw new ScrapeError(`it does not answer within ${TIMEOUT_MS} ms`);
    throw new ScrapeError(`it cannot be reached${codeOf(error)}`);
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new ScrapeError(`its answer is over ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The cause of an error of Node's fetch is the system's error. */
function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(Reflect.get(Object(error), "cause")), "code");
  return typeof code === "string" ? `: ${code}` : "";
}
