// Reads the file that sslrootcert names, on runtimes with files. It looks for the modules at run time and does not
// import them, because this code is portable.

/** The part of Node's modules that this file uses: https://nodejs.org/api/process.html#processgetbuiltinmoduleid */
interface Builtins {
  getBuiltinModule?(id: "node:fs"): { readFileSync(path: string, encoding: "utf8"): string };
  getBuiltinModule?(id: "node:crypto"): { readonly X509Certificate: new (pem: string) => object };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;
const OTHERWISE =
  "name it in NODE_EXTRA_CA_CERTS (Node) or DENO_CERT (Deno) and write sslmode=verify-full";

/**
 * Reads the certificates of a file in PEM.
 * @returns the certificates, each of which was parsed: an invalid one would make the driver end the process
 * @throws {Error} that completes "Cannot read NAME: …", without the path
 */
export function readRootCertificate(path: string): string {
  const { process } = globalThis as { process?: Builtins };
  const files = process?.getBuiltinModule?.("node:fs");
  const crypto = process?.getBuiltinModule?.("node:crypto");
  if (files === undefined || crypto === undefined) {
    throw new Error(
      `its sslrootcert cannot be read: this runtime does not have files; ${OTHERWISE}`,
    );
  }
  let text: string;
  try {
    text = files.readFileSync(path, "utf8");
  } catch (error) {
    // On Deno: NotCapable, without --allow-read.
    const { code, name } = error as { code?: string; name?: string };
    throw new Error(
      `the file of its sslrootcert cannot be read: ${code ?? name}; or ${OTHERWISE}`,
      {
        cause: error,
      },
    );
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0)
    throw new Error("the file of its sslrootcert does not hold a certificate");
  try {
    certificates.map((certificate) => new crypto.X509Certificate(certificate));
  } catch (cause) {
    throw new Error("the file of its sslrootcert has a certificate that cannot be read", { cause });
  }
  return certificates.join("\n");
}
