// The error for a statement that its author has to mend.

/** Thrown for a template that is not a single query; nothing was sent. Its author has to mend it. */
export class TemplateError extends TypeError {
  override readonly name = "TemplateError";
}
