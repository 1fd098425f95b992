/** Parses the labels of a process's effects. */
export function toLabels(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.slice(0, 1_000).map((label) => String(label).slice(0, 200)) : []
}
