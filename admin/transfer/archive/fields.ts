// Parses JSON from outside, field by field.

import { AdminError } from "../../registry/admin-error.ts";

/** Parses a text as JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable("manifest");
  }
}

function unreadable(place: string): AdminError {
  return new AdminError(`Cannot read archive: its ${place} is malformed; export the tenant again`);
}

/** The fields of an object. Each method reads one, or throws an AdminError that names it. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    if (typeof value !== "object" || value === null) throw unreadable(place);
    this.#values = value as Record<string, unknown>;
    this.#place = place;
  }

  text(name: string, form: RegExp = /^/): string {
    const value = this.#values[name];
    if (typeof value === "string" && form.test(value)) return value;
    throw this.#wrong(name);
  }

  integer(name: string, min: number = 0, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#values[name];
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    throw this.#wrong(name);
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    if (typeof value === "boolean") return value;
    throw this.#wrong(name);
  }

  texts(name: string): readonly string[] {
    return this.#array(name).map((value) => {
      if (typeof value === "string") return value;
      throw this.#wrong(name);
    });
  }

  /** An object of unknown values, whose text has at most this many characters. */
  object(name: string, most: number): Readonly<Record<string, unknown>> {
    const value = this.#values[name];
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isObject && JSON.stringify(value).length <= most) return { ...value };
    throw this.#wrong(name);
  }

  within(name: string): Fields {
    return new Fields(this.#values[name], `${this.#place}, ${name},`);
  }

  list(name: string): readonly Fields[] {
    return this.#array(name).map((value) => new Fields(value, `${this.#place}, ${name},`));
  }

  #array(name: string): readonly unknown[] {
    const value = this.#values[name];
    if (Array.isArray(value)) return value;
    throw this.#wrong(name);
  }

  #wrong(name: string): AdminError {
    return unreadable(`${this.#place}, "${name}",`);
  }
}
