// Options that several verbs have.

/** By their names. */
export const SHARED = {
  host: { type: "string", multiple: true, value: "MORE", about: "A further host of the tenant" },
  tenants: { type: "string", value: "LIST", about: "Only these, as in a,b,shop_*" },
  concurrency: {
    type: "string",
    value: "N",
    about: "Tenants at once; by the free connections when left out",
  },
  "max-failures": { type: "string", value: "N", about: "Begin no more once so many have failed" },
} as const;
