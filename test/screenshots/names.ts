// The names of ten thousand tenants, as a fleet's customers might be called.

const KINDS =
  "amber ancient arctic autumn birch bright brisk cedar clear coastal copper coral crimson eastern electric emerald " +
  "fable garnet golden granite harbor hazel highland humble indigo iron ivory jade lunar maple meadow misty noble " +
  "northern oak ocean olive pacific pearl pine polar prairie quiet river royal ruby silver solar summit velvet";
const TRADES =
  "academy bakery bank books brewery cargo cinema clinic coffee consulting dental design energy events farms fashion " +
  "films finance fitness foods gallery gardens grocer hotel kitchen labs law legal logistics market media music optics " +
  "outdoor pharmacy press realty rentals robotics sports";
const REGIONS = "br eu in jp us";

/** A tenant to create. */
export interface NamedTenant {
  readonly schemaName: string;
  readonly hosts: readonly string[];
}

/** Makes them, always the same. */
export function nameTenants(): NamedTenant[] {
  const tenants = KINDS.split(" ").flatMap((kind) =>
    TRADES.split(" ").flatMap((trade) =>
      REGIONS.split(" ").map((region): NamedTenant => {
        const name = `${kind}-${trade}`;
        return {
          schemaName: `${kind}_${trade}_${region}`,
          hosts: [`${name}.${region}.example.com`, `${name}.example.${region}`],
        };
      }),
    ),
  );
  return tenants;
}
