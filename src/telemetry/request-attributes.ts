// The method and the scheme of a request as the conventions name them: a bounded set, whatever clients send.

/** The attributes that are known when a request arrives. */
export interface RequestAttributes {
  readonly "http.request.method": string;
  readonly "url.scheme": "http" | "https";
}

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/: any other method is _OTHER.
const METHODS = "CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE _OTHER".split(" ");

const [HTTP, HTTPS] = (["http", "https"] as const).map(
  (scheme) =>
    new Map(
      METHODS.map((method): [string, RequestAttributes] => [
        method,
        { "http.request.method": method, "url.scheme": scheme },
      ]),
    ),
) as [Map<string, RequestAttributes>, Map<string, RequestAttributes>];

/** The attributes of a request: the same object for the same method and scheme. */
export function requestAttributes({ method, url }: Request): RequestAttributes {
  const known = url.startsWith("https:") ? HTTPS : HTTP;
  return known.get(method) ?? (known.get("_OTHER") as RequestAttributes);
}
