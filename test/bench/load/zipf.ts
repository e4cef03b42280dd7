// Traffic as most services have it: a few tenants ask often, many seldom. The tenant of rank r is asked
// 1/r as often as the first (Zipf's law, s = 1). https://en.wikipedia.org/wiki/Zipf%27s_law

// Prime, and no factor of the numbers of tenants: every rank is one tenant's, and the tenants that ask
// most do not stand side by side in the catalogs.
const STRIDE = 7919;

/** Lua that defines `pick()`, which returns a tenant of 1 to `tenants`. */
export function zipfPick(tenants: number): string {
  return `
local sums, sum = {}, 0
for rank = 1, ${tenants} do
  sum = sum + 1 / rank
  sums[rank] = sum
end
local function pick()
  local wanted, low, high = random() * sum, 1, ${tenants}
  while low < high do
    local middle = math.floor((low + high) / 2)
    if sums[middle] < wanted then low = middle + 1 else high = middle end
  end
  return low * ${STRIDE} % ${tenants} + 1
end
`;
}
