/** The labels that a process says its effects have. */
export function toLabels(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.slice(0, 1_000).map((label) => String(label).slice(0, 200)) : []
}
