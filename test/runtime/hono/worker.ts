// Both applications, and a sign-up that has the admin API's token and no password.

import process from "node:process";
import { AppError, createTenancy } from "../../../src/index.ts";
import { start, type Worker } from "../../../src/runtime/worker-server.ts";
import { createApp } from "./all.ts";
import { createSignUp } from "./sign-up.ts";

const application = start(createApp);

const signUp = start((parts) => {
  const { ADMIN_API_URL: url = "", ADMIN_API_TOKEN: token = "" } = process.env;
  const handle = createSignUp({
    url,
    token,
    findUser: async ({ request }) => {
      const user = request.headers.get("x-user");
      if (user === null) throw new AppError("VALUE_INVALID", "Cannot sign up: log in first");
      return user;
    },
  });
  return createTenancy({ handler: (_, exchange) => handle(exchange), ...parts });
});

const entry: Worker = {
  fetch: (request, env, context) =>
    (request.url.endsWith("/sign-up") ? signUp : application).fetch(request, env, context),
};

export default entry;
