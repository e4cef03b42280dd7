// What `rowhouse` prints without a verb.

import { PROGRAM } from "./form.ts";
import { GROUPS } from "./verbs.ts";

/** Formats the list of the verbs in their groups. */
export function verbList(): string {
  const groups = Object.entries(GROUPS).map(
    ([heading, verbs]) => [heading, Object.entries<string>(verbs)] as const,
  );
  const width = Math.max(...groups.flatMap(([, verbs]) => verbs.map(([name]) => name.length)));
  return [
    `Usage: ${PROGRAM} VERB [operands] [options]`,
    ...groups.map(([heading, verbs]) => {
      const lines = verbs.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`);
      return `\n${heading}:\n${lines.join("\n")}`;
    }),
    "",
    `${PROGRAM} VERB --help says what a verb takes; ${PROGRAM} --version prints the version.`,
    "",
  ].join("\n");
}
