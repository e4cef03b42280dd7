// The error of a request that cannot be answered as it is.

/** What a request is refused with: a status of HTTP, and a line for the page. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
