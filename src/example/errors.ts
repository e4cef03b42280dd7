// The errors of the example application, beside those of the library.

import { defineErrors, type ErrorDefinition, ERRORS as LIBRARY_ERRORS } from "../index.ts";

/** The example's own errors. */
export const OWN_ERRORS: { readonly [Code in OwnCode]: ErrorDefinition<Code> } = defineErrors({
  KEY_INVALID: { status: 400, title: "The key is not a 32-bit integer" },
  KEY_EXISTS: { status: 400, title: "The key exists already" },
  NOT_FOUND: { status: 404, title: "The key does not exist" },
});

/** One of the example's own codes. */
export type OwnCode = "KEY_INVALID" | "KEY_EXISTS" | "NOT_FOUND";

/** One of the codes that the example answers with, its own or the library's. */
export type Code = OwnCode | keyof typeof LIBRARY_ERRORS;

/** Every error that the example answers with. */
export const ERRORS: { readonly [C in Code]: ErrorDefinition<C> } = {
  ...LIBRARY_ERRORS,
  ...OWN_ERRORS,
};
