// The example's second migration.

export { down, up } from "../../../admin/migrations/tenant/0002-updated-at.ts";
