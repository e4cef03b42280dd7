// The way through a proxy: the same URL at another port.

/** The URL with another port of 127.0.0.1. */
export function redirect(url: string, port: number): string {
  const redirected = new URL(url);
  redirected.hostname = "127.0.0.1";
  redirected.port = String(port);
  return redirected.href;
}
