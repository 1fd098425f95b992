type Version = readonly [number, number, number]

const COMPARATOR = /^(\^|~|>=|<=|>|<|=)?\s*v?(\d+|[x*])(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:[-+][\w.+-]*)?$/

/**
 * Whether a version is within a range as package.json writes it: `^1.2`, `~0.1.0`, `>=1 <3`, `1.x`,
 * several with `||`. `undefined` for a range that is written in another way.
 */
export function isWithinRange(version: string, range: string): boolean | undefined {
  const found = parse(version)
  if (!found) return undefined
  const results = new Set(range.split('||').map((part) => isWithinAll(found, part.trim())))
  if (results.has(true)) return true
  return results.has(undefined) ? undefined : false
}

function isWithinAll(version: Version, part: string): boolean | undefined {
  if (part === '' || part === 'latest') return true
  const comparators = part.replaceAll(/(\^|~|>=|<=|>|<|=)\s+/g, '$1').split(/\s+/)
  const results = new Set(comparators.map((comparator) => isWithinOne(version, comparator)))
  return results.has(undefined) ? undefined : !results.has(false)
}

function isWithinOne(version: Version, comparator: string): boolean | undefined {
  const [, sign = '', ...given] = COMPARATOR.exec(comparator) ?? []
  if (given.length === 0) return undefined
  const parts = given.filter((part) => part !== undefined && !/[x*]/.test(part)).map(Number)
  const [major = 0, minor = 0, patch = 0] = parts
  const low: Version = [major, minor, patch]
  const order = compare(version, low)
  if (sign === '>=') return order >= 0
  if (sign === '<') return order < 0
  if (sign === '>') return parts.length < 3 ? compare(version, next(low, parts.length - 1)) >= 0 : order > 0
  if (sign === '<=') return parts.length < 3 ? compare(version, next(low, parts.length - 1)) < 0 : order <= 0
  if (parts.length === 0) return true
  // ^0.2.3 keeps the minor version, ^0.0.3 the patch
  const kept =
    sign === '^'
      ? Math.min(
          Math.max(
            low.findIndex((part) => part > 0),
            0,
          ),
          parts.length - 1,
        )
      : sign === '~'
        ? Math.min(1, parts.length - 1)
        : parts.length - 1
  return order >= 0 && compare(version, next(low, kept)) < 0
}

/** The first version that differs in that place: 1.2.3 → 1.3.0 for place 1. */
function next(version: Version, place: number): Version {
  const raised = version.map((part, index) => (index < place ? part : index === place ? part + 1 : 0))
  return [raised[0] ?? 0, raised[1] ?? 0, raised[2] ?? 0]
}

function parse(version: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

function compare(one: Version, other: Version): number {
  const place = one.findIndex((part, index) => part !== other[index])
  return place === -1 ? 0 : (one[place] ?? 0) - (other[place] ?? 0)
}
