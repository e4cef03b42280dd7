// A question before a change: it says what will happen, asks for values, and asks for consent.

import { notify } from "./announce.ts";
import { button, element, fill, type Content } from "./element.ts";
import { messageOf, problem } from "./loading.ts";

/** A value that a dialog asks for. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "number" | "checkbox";
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

/** The content of a dialog. */
export interface Question {
  readonly title: string;
  readonly text: Content;
  readonly fields?: readonly Field[];
  /** The label of the button that makes the change. */
  readonly verb: string;
  /** Whether the change costs data or availability. */
  readonly isGrave?: boolean;
  /** The text that is shown during the change. */
  readonly pending: string;
  /** Makes the change, and resolves to a text that says what it did. */
  readonly act: (values: ReadonlyMap<string, string>) => Promise<string>;
}

let made = 0;

/** Opens the dialog. Escape and Cancel change nothing. The error of a failed change stays in the dialog. */
export function ask(question: Question): void {
  made += 1;
  const id = `dialog-${made}`;
  const status = element("div", { class: "dialog-status", "aria-live": "polite" });
  const go = element(
    "button",
    { type: "submit", class: question.isGrave ? "grave" : "primary" },
    question.verb,
  );
  const cancel = button("Cancel", {}, () => dialog.close());
  const fields = (question.fields ?? []).map((field, index) => inputOf(field, `${id}-${index}`));
  const form = element(
    "form",
    { novalidate: true },
    element("h2", { id }, question.title),
    element("div", { class: "dialog-text" }, question.text),
    fields.map(({ root }) => root),
    status,
    element("div", { class: "buttons" }, cancel, go),
  );
  const dialog = element("dialog", { "aria-labelledby": id }, form);
  const check = (): void => {
    go.disabled = fields.some(({ isFit }) => !isFit());
  };
  form.addEventListener("input", check);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    // A change that has started cannot be cancelled: only Close is left, and it takes the focus.
    cancel.textContent = "Close";
    cancel.focus();
    fill(status, element("p", { class: "pending" }, question.pending));
    const values = new Map(fields.map(({ name, read }) => [name, read()]));
    question.act(values).then(
      (said) => {
        dialog.close();
        notify(said);
      },
      (error: unknown) => {
        fill(status, problem(messageOf(error)));
        cancel.textContent = "Cancel";
        check();
      },
    );
  });
  dialog.addEventListener("close", () => dialog.remove());
  check();
  document.body.append(dialog);
  dialog.showModal();
}

interface Input {
  readonly name: string;
  readonly root: HTMLElement;
  readonly read: () => string;
  readonly isFit: () => boolean;
}

function inputOf(field: Field, id: string): Input {
  const { name, label, type, value, hint, unit, min, max, mustBe, isOptional } = field;
  const isBox = type === "checkbox";
  const input = element("input", {
    id,
    type,
    min,
    max,
    value: isBox ? "yes" : value,
    checked: isBox && value === true,
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "none",
    "aria-describedby": hint === undefined ? undefined : `${id}-hint`,
  });
  const caption = element("label", { for: id }, label);
  const box = element(
    "span",
    { class: "field" },
    input,
    unit === undefined ? undefined : element("span", { class: "muted" }, unit),
  );
  return {
    name,
    root: element(
      "div",
      { class: isBox ? "input box" : "input" },
      isBox ? [input, caption] : [caption, box],
      hint === undefined
        ? undefined
        : element("p", { class: "muted small", id: `${id}-hint` }, hint),
    ),
    read: () => (isBox ? (input.checked ? "yes" : "") : input.value.trim()),
    isFit() {
      const text = input.value.trim();
      if (isBox || (isOptional === true && text === "")) return true;
      if (mustBe !== undefined) return text === mustBe;
      return text !== "" && input.validity.valid;
    },
  };
}
