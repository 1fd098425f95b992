type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Removes undefined values, so that optional fields can be written as expressions. */
export function compact<T extends object>(value: T): Compact<T> {
  const result: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(value)) if (entry !== undefined) result[key] = entry
  return result as Compact<T>
}
