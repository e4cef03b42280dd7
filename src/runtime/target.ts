// A request's target in absolute form, `GET http://other.example/path`. It has a host of its own; where that is
// another than the Host header's, the request has two: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2

/** A target in absolute form. */
export interface AbsoluteTarget {
  readonly authority: string;
  readonly path: string;
}

/** Reads a target; undefined when it is not in absolute form. */
export function readAbsoluteTarget(target: string): AbsoluteTarget | undefined {
  const found = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  return found === null ? undefined : { authority: found[1] ?? "", path: found[2] ?? "" };
}

/** Whether both texts name the same host. */
export function isSameAuthority(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
