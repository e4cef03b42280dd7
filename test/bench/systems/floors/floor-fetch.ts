// The least that Deno and workerd can do: a handler that answers a constant.

import { FLOOR_VALUE } from "../../names.ts";

const floor: { fetch(): Response } = { fetch: () => Response.json({ value: FLOOR_VALUE }) };

export default floor;
