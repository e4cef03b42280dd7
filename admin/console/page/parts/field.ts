// A value that a dialog asks for: its label, its input, and what is wrong with it.

import { element } from "./element.ts";

/** A value to ask for. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** "lines": a text of several lines. */
  readonly type: "text" | "lines" | "number" | "checkbox";
  readonly value?: string | number | boolean;
  readonly hint?: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** Whether the value may stay empty. */
  readonly isOptional?: boolean;
  /** The text that a person must type before the change can be made. */
  readonly mustBe?: string;
}

/** The input of a field. */
export interface FieldInput {
  readonly name: string;
  readonly root: HTMLElement;
  readonly read: () => string;
  /** Whether the value can be sent. */
  readonly isFit: () => boolean;
  /** Shows what is wrong with the value; "" for nothing. */
  readonly say: (problem: string) => void;
  /**
   * Fills in a value, unless a person has typed another.
   * @returns whether it changed
   */
  readonly propose: (value: string) => boolean;
}

const ROWS = 3;

/** Makes the input. */
export function fieldInput(field: Field, id: string): FieldInput {
  const { name, label, type, value, hint, unit, mustBe, isOptional } = field;
  const isBox = type === "checkbox";
  const said = element("p", { class: "field-problem", id: `${id}-problem`, "aria-live": "polite" });
  const input = controlOf(field, id, `${hint === undefined ? "" : `${id}-hint `}${said.id}`);
  const caption = element("label", { for: id }, label);
  const box = element(
    "span",
    { class: "field" },
    input,
    unit === undefined ? undefined : element("span", { class: "muted" }, unit),
  );
  let isOwn = value !== undefined;
  input.addEventListener("input", () => {
    isOwn = input.value !== "";
  });
  return {
    name,
    root: element(
      "div",
      { class: isBox ? "input box" : "input" },
      isBox ? [input, caption] : [caption, box],
      said,
      hint === undefined
        ? undefined
        : element("p", { class: "muted small", id: `${id}-hint` }, hint),
    ),
    read: () => (isBox ? (isChecked(input) ? "yes" : "") : input.value.trim()),
    isFit() {
      const text = input.value.trim();
      if (isBox || (isOptional === true && text === "")) return true;
      if (mustBe !== undefined) return text === mustBe;
      return text !== "" && input.validity.valid;
    },
    say(problem) {
      if (said.textContent !== problem) said.textContent = problem;
      if (problem === "") input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
    },
    propose(text) {
      if (isOwn || input.value === text) return false;
      input.value = text;
      return true;
    },
  };
}

function controlOf(
  { type, value, min, max }: Field,
  id: string,
  describedBy: string,
): HTMLInputElement | HTMLTextAreaElement {
  const attributes = {
    id,
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "none",
    "aria-describedby": describedBy,
  };
  if (type === "lines") {
    return element("textarea", { ...attributes, rows: ROWS }, String(value ?? ""));
  }
  const isBox = type === "checkbox";
  return element("input", {
    ...attributes,
    type,
    min,
    max,
    value: isBox ? "yes" : value,
    checked: isBox && value === true,
  });
}

function isChecked(input: HTMLInputElement | HTMLTextAreaElement): boolean {
  return input instanceof HTMLInputElement && input.checked;
}
