// Describes the differences between a copy and its original in words, except those of structure.

import type { Fingerprint } from "../../inspect/fingerprint/fingerprint.ts";
import type { Fact } from "./facts.ts";
import type { Shape } from "./shape.ts";

/** The compared parts of a schema. */
export interface Whole {
  readonly schemaName: string;
  readonly objects: Fingerprint;
  readonly shape: Shape;
  readonly facts: readonly Fact[];
}

type Compared = Pick<Whole, "shape" | "facts">;

/** Returns a phrase for each difference of shapes and facts; the structure covers missing objects. */
export function describeLosses(original: Compared, copy: Compared): readonly string[] {
  const [have, want] = [index(original), index(copy)];
  const losses: string[] = [];
  for (const key of new Set([...have.keys(), ...want.keys()])) {
    const [value, other] = [have.get(key), want.get(key)];
    if (value === other) continue;
    // Every object has these facts, so the object itself is missing.
    if (other === undefined && /^(?:owner|privileges|access method|order of columns) of /.test(key))
      continue;
    losses.push(`${key} is ${value ?? "not set"}, in a copy it is ${other ?? "not set"}`);
  }
  return losses;
}

/** Returns the compared values by a phrase for their object. */
function index({ shape, facts }: Compared): ReadonlyMap<string, string> {
  const lines: (readonly [string, string])[] = [
    ...shape.partitions.map(({ name, parent, bound, key }) => {
      return [`partition "${name}" of "${parent}"`, `${bound} ${key}`.trim()] as const;
    }),
    ...shape.settings.map(
      ({ kind, path, value }) => [`${kind} of "${path.join(".")}"`, value] as const,
    ),
    ...shape.comments.map(({ type, names, arguments: others, text }) => {
      const name = [...names, ...others].join(" ");
      return [`comment on ${type} ${name}`, JSON.stringify(text)] as const;
    }),
    ...facts.map(({ kind, name, value }) => [`${kind} of ${name}`, value] as const),
  ];
  return new Map(lines);
}
