// A question before a change: it says what will happen, asks for values, and asks for consent.

import { notify } from "./announce.ts";
import { button, element, fill, type Content } from "./element.ts";
import { type Field, fieldInput } from "./field.ts";
import { messageOf, problem } from "./loading.ts";

/** The values of a dialog by the names of their fields; a box has "yes" or "". */
export type Values = ReadonlyMap<string, string>;

/** What is wrong with the values. */
export interface Findings {
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  /** Values for fields in which a person has not typed, by name. */
  readonly proposals: Readonly<Record<string, string>>;
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
  /** Whether the dialog is wide. */
  readonly isWide?: boolean;
  /** The text that is shown during the change. */
  readonly pending: string;
  /** Checks the values while a person types. */
  readonly check?: (values: Values) => Promise<Findings>;
  /** Makes the change, and resolves to a text that says what it did, or to the next question. */
  readonly act: (values: Values) => Promise<string | Question>;
}

const TYPING_MS = 200;

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
  const fields = (question.fields ?? []).map((field, index) => fieldInput(field, `${id}-${index}`));
  const form = element(
    "form",
    { novalidate: true },
    element("h2", { id }, question.title),
    element("div", { class: "dialog-text" }, question.text),
    fields.map(({ root }) => root),
    status,
    element("div", { class: "buttons" }, cancel, go),
  );
  const dialog = element(
    "dialog",
    { "aria-labelledby": id, class: question.isWide ? "wide-dialog" : undefined },
    form,
  );
  const read = (): Values => new Map(fields.map((field) => [field.name, field.read()]));
  let isSent = false;
  let isChecked = true;
  const allow = (): void => {
    go.disabled = isSent || !isChecked || fields.some(({ isFit }) => !isFit());
  };
  const check = checker(question.check, read, (findings) => {
    const { problems, proposals } = findings;
    for (const { name, say } of fields) {
      say(problems.find(({ field }) => field === name)?.message ?? "");
    }
    isChecked = problems.length === 0;
    const changed = fields.filter(({ name, propose }) => propose(proposals[name] ?? ""));
    if (changed.length > 0) begin();
    allow();
  });
  const begin = (): void => {
    if (question.check !== undefined) isChecked = false;
    check();
    allow();
  };
  form.addEventListener("input", begin);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (go.disabled) return;
    isSent = true;
    allow();
    // A change that has started cannot be cancelled: only Close is left, and it takes the focus.
    cancel.textContent = "Close";
    cancel.focus();
    fill(status, element("p", { class: "pending" }, question.pending));
    question.act(read()).then(
      (result) => {
        const isOpen = dialog.open;
        dialog.close();
        if (typeof result === "string") notify(result);
        // A person who has closed the dialog does not want the next one.
        else if (isOpen) ask(result);
      },
      (error: unknown) => {
        isSent = false;
        fill(status, problem(messageOf(error)));
        cancel.textContent = "Cancel";
        allow();
      },
    );
  });
  dialog.addEventListener("close", () => dialog.remove());
  allow();
  document.body.append(dialog);
  dialog.showModal();
}

/** Returns a function that checks the values once a person has stopped typing. The newest values alone count. */
function checker(
  check: Question["check"],
  read: () => Values,
  found: (findings: Findings) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  return () => {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    if (check === undefined) return;
    timer = setTimeout(() => {
      check(read()).then(
        (findings) => mine === asked && found(findings),
        // The change itself checks again, and says what is wrong.
        () => mine === asked && found({ problems: [], proposals: {} }),
      );
    }, TYPING_MS);
  };
}
