// Reads PostgreSQL's text form of an array. https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

/**
 * Reads an array's text, such as `{1,NULL,"a\\"b",{…}}`, with or without bounds before it.
 * @param item reads one item that is not NULL
 * @param delimiter the character between two items: "," for every type but `box`, which has ";"
 */
export function parseArray(
  text: string,
  item: (text: string) => unknown,
  delimiter = ",",
): unknown[] {
  const root: unknown[] = [];
  const open: unknown[][] = [root];
  for (let at = text.indexOf("{"); at < text.length; at += 1) {
    const current = open.at(-1) ?? root;
    const char = text.charAt(at);
    if (char === "{") {
      const inner: unknown[] = [];
      current.push(inner);
      open.push(inner);
    } else if (char === "}") open.pop();
    else if (char === '"') {
      const end = endOfQuoted(text, at + 1);
      current.push(item(text.slice(at + 1, end).replace(/\\(.)/gs, "$1")));
      at = end;
    } else if (char !== delimiter) {
      const end = endOfBare(text, at, delimiter);
      const bare = text.slice(at, end);
      current.push(bare === "NULL" ? null : item(bare));
      at = end - 1;
    }
  }
  return root[0] as unknown[];
}

function endOfQuoted(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}

function endOfBare(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== delimiter && text.charAt(at) !== "}") at += 1;
  return at;
}
