// Reads server-sent events from the body of an answer. An EventSource cannot send the key's header.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

/** One event. */
export interface StreamEvent {
  readonly name: string;
  /** The text of its data. */
  readonly data: string;
}

/**
 * Reads the events until the body ends; comments and other fields are left out. Rejects when the body breaks off.
 * @yields each event, as soon as it is whole
 */
export async function* readEvents(
  body: ReadableStream<BufferSource>,
): AsyncGenerator<StreamEvent, void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

function parseEvent(block: string): StreamEvent | undefined {
  let name = "";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice("event: ".length);
    else if (line.startsWith("data: ")) data.push(line.slice("data: ".length));
  }
  return name === "" || data.length === 0 ? undefined : { name, data: data.join("\n") };
}
