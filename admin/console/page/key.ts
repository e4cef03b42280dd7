// The key that every call of the API carries, kept in sessionStorage. A browser sends the console's cookie to every
// port of this host, but another port is another origin: it reads neither this storage nor this channel.

const NAME = "rowhouse-console-key";
const CHANNEL = "rowhouse-console";
const ASK = "ask";
const ANSWER_MS = 300;

let asking: Promise<string | undefined> | undefined;

/** Keeps the key for this tab. It outlives a reload, and ends with the tab. */
export function keepKey(key: string): void {
  sessionStorage.setItem(NAME, key);
}

/** Forgets a key that the server has refused, so that the next {@link findKey} asks the other tabs. */
export function forgetKey(refused: string): void {
  if (sessionStorage.getItem(NAME) === refused) sessionStorage.removeItem(NAME);
}

/** Hands the key to every tab of this origin that asks, until this tab is closed. */
export function shareKey(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const key = sessionStorage.getItem(NAME);
    if (data === ASK && key !== null) say(channel, { key });
  });
}

/** Finds this tab's key, or asks the other tabs for theirs. Resolves to undefined when no tab answers. */
export async function findKey(): Promise<string | undefined> {
  const kept = sessionStorage.getItem(NAME);
  if (kept !== null) return kept;
  asking ??= askOtherTabs().finally(() => {
    asking = undefined;
  });
  return asking;
}

async function askOtherTabs(): Promise<string | undefined> {
  const channel = new BroadcastChannel(CHANNEL);
  const key = await new Promise<string | undefined>((resolve) => {
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const given: unknown = Reflect.get(Object(data), "key");
      if (typeof given === "string") resolve(given);
    });
    setTimeout(() => resolve(undefined), ANSWER_MS);
    say(channel, ASK);
  });
  channel.close();
  if (key !== undefined) keepKey(key);
  return key;
}

function say(channel: BroadcastChannel, message: unknown): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- for windows, not channels
  channel.postMessage(message);
}
