// The field of a question that asks for a database.

import type { Field } from "../parts/field.ts";

/**
 * Makes the field; none where only one database is configured.
 * @param names the names of the databases
 * @param value the proposed one; the first when empty
 */
export function databaseFields(names: readonly string[], value = ""): readonly Field[] {
  const [first] = names;
  if (first === undefined) return [];
  return [
    {
      name: "database",
      label: "Database",
      type: "text",
      value: value === "" ? first : value,
      hint: names.length > 1 ? `One of ${names.join(", ")}` : "",
    },
  ];
}

/** Reads the value of {@link databaseFields}; empty without the field. */
export function readDatabase(values: ReadonlyMap<string, string>): { readonly database?: string } {
  const database = values.get("database") ?? "";
  return database === "" ? {} : { database };
}
