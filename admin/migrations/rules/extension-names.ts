// Names that well-known extensions bring: https://www.postgresql.org/docs/current/contrib.html, pgvector, PostGIS.
// Teams have their extensions in `public` and write `public.citext`; here extensions stand in a shared schema, and the
// search path finds them without a qualifier.

const NAMES = new Set([
  ...["citext", "hstore", "ltree", "lquery", "ltxtquery", "cube", "isbn", "isbn13", "issn", "seg"],
  ...["vector", "halfvec", "sparsevec", "geometry", "geography", "raster", "box2d", "box3d"],
  ...["uuid_nil", "digest", "hmac", "crypt", "gen_salt", "gen_random_bytes", "gen_random_uuid"],
  ...["similarity", "word_similarity", "strict_word_similarity", "show_trgm", "unaccent"],
  ...["levenshtein", "soundex", "metaphone", "dmetaphone", "earth_distance", "ll_to_earth"],
  ...["slice_array", "akeys", "avals", "svals", "skeys", "each", "hstore_to_json"],
]);
const PREFIXES = /^(?:uuid_generate_v|uuid_ns_|pgp_|st_)/;
const CLASSES = /^(?:gin|gist|vector|halfvec|sparsevec|bit|citext|hstore|ltree)_\w*ops$/;

/** Whether a well-known extension has a type, a function or an operator class of this name. */
export function isExtensionName(name: string): boolean {
  return NAMES.has(name) || PREFIXES.test(name) || CLASSES.test(name);
}
