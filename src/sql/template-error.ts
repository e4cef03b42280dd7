// The error for a statement that its author must correct.

/** The error for a template or text that is not a single safe query. The statement was not sent; its author must correct it. */
export class TemplateError extends TypeError {
  override readonly name = "TemplateError";
}
