// Settings as a person types them.

/**
 * Reads settings, each as `plan=pro` for a text or `seats:=25` for JSON. The server checks names and sizes.
 * @throws {Error} for another form, or a name that comes twice
 */
export function parseSettings(texts: readonly string[]): Readonly<Record<string, unknown>> {
  const settings = new Map<string, unknown>();
  for (const text of texts) {
    const [, name = "", sign, value = ""] = /^([^=:]*)(:?=)(.*)$/s.exec(text) ?? [];
    const fail = (advice: string): never => {
      throw new Error(`Cannot read setting ${JSON.stringify(text)}: ${advice}`);
    };
    if (sign === undefined) fail("write NAME=TEXT, or NAME:=JSON");
    if (settings.has(name)) fail("its name comes twice");
    try {
      settings.set(name, sign === "=" ? value : (JSON.parse(value) as unknown));
    } catch {
      fail(`what follows := is not JSON; write ${name}=… for a text`);
    }
  }
  return Object.fromEntries(settings);
}
