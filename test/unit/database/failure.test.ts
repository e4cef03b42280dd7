// The end of a connection, told apart by who ended it and by whether a message was on its way.

import { expect } from "chai";
import { readErrorResponse } from "../../../src/database/wire/error-response.ts";
import { type ErrorFields, judgeFailure } from "../../../src/database/wire/failure.ts";
import { AppError } from "../../../src/errors.ts";
import { describeError } from "../../../src/log.ts";

/** An error as a driver throws it. */
function thrown(fields: ErrorFields): Error {
  return Object.assign(new Error(fields.message ?? "a"), fields);
}

const answer = (severity: string, code: string, message: string): Error =>
  thrown({ name: "PostgresError", severity_local: severity, code, message });

describe("judgeFailure()", () => {
  it("judgeFailure() leaves the database's own error and its connection as they are", () => {
    const error = answer("ERROR", "23505", "duplicate key");
    expect(judgeFailure(error, true)).to.deep.equal({ usable: true, error });
    const lost = answer("ERROR", "08001", "could not connect to server");
    expect(judgeFailure(lost, true)).to.deep.equal({ usable: true, error: lost });
  });

  it("judgeFailure() takes what a function raises for no word of a pooler", () => {
    const error = answer("ERROR", "08P01", "a");
    Object.assign(error, { routine: "exec_stmt_raise" });
    expect(judgeFailure(error, true)).to.deep.equal({ usable: true, error });
  });

  it("judgeFailure() goes by the severity that is never translated", () => {
    const error = Object.assign(answer("FEHLER", "23505", "a"), { severity: "ERROR" });
    expect(judgeFailure(error, true).usable).to.equal(true);
  });

  it("judgeFailure() gives up a connection whose settings make no literal safe", () => {
    const error = answer("ERROR", "RH500", "a");
    expect(judgeFailure(error, true)).to.deep.equal({ usable: false, error });
  });

  it("judgeFailure() passes an AppError on, and gives up the connection", () => {
    const error = new AppError("RESULT_TOO_LARGE", "a");
    expect(judgeFailure(error, true)).to.deep.equal({ usable: false, error });
  });

  const ends: readonly (readonly [
    what: string,
    error: unknown,
    sent: boolean,
    kind: string,
    outcome: "unknown" | undefined,
    logged: Readonly<Record<string, unknown>>,
  ])[] = [
    [
      "a refused connection",
      thrown({ code: "ECONNREFUSED" }),
      false,
      "unreachable",
      undefined,
      { code: "ECONNREFUSED" },
    ],
    [
      "a name that nobody has",
      thrown({ code: "ENOTFOUND" }),
      false,
      "unreachable",
      undefined,
      { code: "ENOTFOUND" },
    ],
    [
      "a connection that took too long",
      thrown({ code: "CONNECT_TIMEOUT" }),
      false,
      "unreachable",
      undefined,
      { code: "CONNECT_TIMEOUT" },
    ],
    [
      "a certificate for another name",
      thrown({ code: "ERR_TLS_CERT_ALTNAME_INVALID" }),
      false,
      "certificate",
      undefined,
      { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    ],
    [
      "an unknown authority",
      thrown({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }),
      false,
      "certificate",
      undefined,
      {},
    ],
    [
      "a certificate that signed itself",
      thrown({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
      false,
      "certificate",
      undefined,
      {},
    ],
    [
      "a wrong password",
      answer("FATAL", "28P01", 'password authentication failed for user "service"'),
      false,
      "login_refused",
      undefined,
      { sqlState: "28P01", said: "password-authentication-failed-for-user" },
    ],
    [
      "a pooler that takes no more clients",
      answer("FATAL", "08P01", "no more connections allowed (max_client_conn)"),
      false,
      "login_refused",
      undefined,
      { sqlState: "08P01", said: "no-more-connections-allowed-max_client_conn" },
    ],
    [
      "an older pooler that says ERROR at login",
      answer("ERROR", "08P01", "no such user"),
      false,
      "login_refused",
      undefined,
      { said: "no-such-user" },
    ],
    [
      "a server that is starting, behind a pooler",
      answer("FATAL", "57P03", "the database system is starting up"),
      true,
      "login_refused",
      undefined,
      { sqlState: "57P03" },
    ],
    [
      "a pooler's query timeout",
      answer("FATAL", "08P01", "query_timeout"),
      true,
      "ended",
      "unknown",
      { sqlState: "08P01", said: "query_timeout" },
    ],
    [
      "an older pooler's query timeout",
      answer("ERROR", "08P01", "query_timeout"),
      true,
      "ended",
      "unknown",
      { said: "query_timeout" },
    ],
    [
      "a server that stops",
      answer("FATAL", "57P01", "terminating connection due to administrator command"),
      true,
      "ended",
      "unknown",
      { sqlState: "57P01", said: "terminating-connection-due-to-administrator-command" },
    ],
    [
      "a cut under a message",
      thrown({ code: "CONNECTION_CLOSED" }),
      true,
      "cut",
      "unknown",
      { code: "CONNECTION_CLOSED", said: undefined },
    ],
    [
      "a reset under a message",
      thrown({ code: "ECONNRESET" }),
      true,
      "cut",
      "unknown",
      { code: "ECONNRESET" },
    ],
    [
      "a cut at login",
      thrown({ code: "CONNECTION_CLOSED" }),
      false,
      "cut",
      undefined,
      { code: "CONNECTION_CLOSED" },
    ],
    ["a reset at login", thrown({ code: "ECONNRESET" }), false, "cut", undefined, {}],
    ["what is not an error", "a", true, "cut", "unknown", {}],
    ["nothing", undefined, false, "cut", undefined, {}],
  ];
  for (const [what, error, sent, kind, outcome, logged] of ends) {
    it(`judgeFailure() calls ${what} ${kind}, outcome ${outcome ?? "none"}`, () => {
      const verdict = judgeFailure(error, sent);
      expect(verdict.usable).to.equal(false);
      const { error: told } = verdict;
      if (!(told instanceof AppError)) throw new Error("It is not an AppError");
      expect(told).to.include({ code: "DATABASE_UNAVAILABLE", outcome });
      expect(describeError(told)).to.include({ name: "ConnectionFailure", kind, ...logged });
    });
  }

  it("judgeFailure() keeps what a refusal quotes out of the log", () => {
    const error = answer("FATAL", "28P01", `password authentication failed for user "planted-77"`);
    const line = JSON.stringify(describeError(judgeFailure(error, false).error));
    expect(line).to.not.include("planted-77");
  });

  it("readErrorResponse() gives what a FATAL is judged by, and no value", () => {
    const text = "SFATAL\0VFATAL\0C08P01\0Mquery_timeout\0Dplanted-77\0Fa.c\0\0";
    const fields = readErrorResponse(new TextEncoder().encode(text));
    expect(fields).to.deep.equal({
      name: "PostgresError",
      severity_local: "FATAL",
      severity: "FATAL",
      code: "08P01",
      message: "query_timeout",
    });
    expect(describeError(judgeFailure(fields, true).error)).to.include({
      kind: "ended",
      sqlState: "08P01",
      said: "query_timeout",
    });
  });

  it("readErrorResponse() reads a pooler's message without V, and one that ends early", () => {
    const read = (text: string): ErrorFields => readErrorResponse(new TextEncoder().encode(text));
    expect(read("SERROR\0C08P01\0Mno such user\0\0")).to.deep.equal({
      name: "PostgresError",
      severity_local: "ERROR",
      code: "08P01",
      message: "no such user",
    });
    expect(read("SFATAL\0Mcut")).to.include({ severity_local: "FATAL", message: "cut" });
    expect(read("")).to.deep.equal({ name: "PostgresError" });
  });

  it("describeError() reads kind and said of a connection's end alone", () => {
    const line = JSON.stringify(
      describeError(Object.assign(new Error("a"), { kind: "planted", said: "planted" })),
    );
    expect(line).to.not.include("planted");
  });
});
