/** More effects are not listed. */
export const MAX_LABELS = 1_000

/** Parses the labels of a process's effects. */
export function toLabels(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.slice(0, MAX_LABELS).map((label) => String(label).slice(0, 200)) : []
}
