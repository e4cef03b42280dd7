// A request's target in absolute form, `GET http://other.example/path`. It has its own host. When that differs from
// the Host header, the request has two hosts: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2

/** A target in absolute form. */
export interface AbsoluteTarget {
  readonly authority: string;
  readonly path: string;
}

/** Reads a target. Returns undefined when it is not in absolute form. */
export function readAbsoluteTarget(target: string): AbsoluteTarget | undefined {
  const found = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  return found === null ? undefined : { authority: found[1] ?? "", path: found[2] ?? "" };
}

/** Whether both texts name the same host. */
export function isSameAuthority(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
