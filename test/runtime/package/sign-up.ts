import process from "node:process";
import { AdminError, openAdmin } from "rowhouse/admin";

/** Creates the customer's tenant, and returns its host; a second call for the same customer does the same. */
async function signUp(customer: string, plan: string): Promise<string> {
  await using admin = await openAdmin({
    url: process.env["ADMIN_DATABASE_URL"] ?? "",
    tenantMigrations: "migrations",
    actor: "sign-up",
  });
  const host = `${customer}.example`;
  try {
    await admin.createTenant({ schemaName: customer, hosts: [host], settings: { plan } });
  } catch (error) {
    if (!(error instanceof AdminError) || error.code !== "tenant_exists") throw error;
  }
  return host;
}

for (const customer of process.argv.slice(2)) console.info(await signUp(customer, "trial"));
