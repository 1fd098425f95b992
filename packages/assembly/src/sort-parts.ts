import type { Part } from './part.ts'

/**
 * The parts in an order in which every part comes after those that give what it needs, and else as they are listed.
 * @throws Error that names a missing giver, a second one, or a circle
 */
export function sortParts(parts: readonly Part[]): readonly Part[] {
  const givers = findGivers(parts)
  const sorted = new Set<Part>()

  function place(part: Part, trail: readonly Part[]): void {
    if (sorted.has(part)) return
    if (trail.includes(part)) {
      const circle = [...trail.slice(trail.indexOf(part)), part].map(({ name }) => name)
      throw new Error(`these parts need each other: ${circle.join(' → ')}`)
    }
    for (const token of part.needs) {
      if (token.isList) continue
      const giver = givers.get(token)
      if (!giver) throw new Error(`the part ${part.name} needs ${token.name}, which no part gives`)
      place(giver, [...trail, part])
    }
    sorted.add(part)
  }

  for (const part of parts) place(part, [])
  return [...sorted]
}

function findGivers(parts: readonly Part[]): ReadonlyMap<unknown, Part> {
  const givers = new Map<unknown, Part>()
  for (const part of parts) {
    if (!part.gives) continue
    const other = givers.get(part.gives)
    if (other) throw new Error(`both ${other.name} and ${part.name} give ${part.gives.name}`)
    givers.set(part.gives, part)
  }
  return givers
}
