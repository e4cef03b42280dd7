// What init-db says about tenants' roles on Citus. It loads nothing, because --help of a verb does not.

/** Why tenants have no roles on Citus unless that is asked for, for the output of init-db. */
export const WITHOUT_ROLES: string =
  "Without tenant roles, because this is Citus: each connection of the coordinator keeps one to a worker for each role, " +
  "and tenants times connections would fill max_connections there";

/** What has to be done when roles are asked for, for the output of init-db. */
export const WITH_ROLES: string =
  "With tenant roles on Citus: requests fail until each role may log in at the workers (ALTER ROLE … LOGIN, and " +
  "pg_dist_authinfo); tenants times connections must stay below max_connections there";
