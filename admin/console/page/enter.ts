// The entrance: keeps the key that the server handed out, and opens the console in place of this page, so that no URL
// with a token stays in the tab's history.

import { keepKey } from "./key.ts";

const key = document.querySelector<HTMLMetaElement>('meta[name="console-key"]')?.content;
if (key !== undefined) keepKey(key);
location.replace("/");
