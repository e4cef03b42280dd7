// The error of a request that the console refuses.

/** The HTTP status of a refused request, with one line for the page as its message. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
