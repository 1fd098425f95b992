import { z } from 'zod'
import { schemaAt } from './settings-schema.ts'

/** When a change of a key counts: at once, or when the assistant is started again. */
export type TakesEffect = 'live' | 'next start'

declare module 'zod' {
  interface GlobalMeta {
    /** When a change of this key, and of the keys below it that say nothing themselves, counts. */
    takesEffect?: TakesEffect
  }
}

/** One key of `config.json`; what is below a list or an object of names belongs to it. */
export interface SettingKey {
  /** As it stands in the file: `['http', 'allowed_hosts']`. */
  readonly path: readonly string[]
  /** `undefined` when the schema forgot to say it. */
  readonly takesEffect: TakesEffect | undefined
}

/** Every key of `config.json` but `$schema`, which the assistant ignores. */
export function settingKeys(): readonly SettingKey[] {
  return keysBelow([], undefined).filter(({ path }) => path[0] !== '$schema')
}

function keysBelow(path: readonly string[], inherited: TakesEffect | undefined): SettingKey[] {
  const schema = schemaAt(path)
  const takesEffect = (schema as z.ZodType | undefined)?.meta()?.takesEffect ?? inherited
  if (!(schema instanceof z.ZodObject)) return [{ path, takesEffect }]
  return Object.keys(schema.shape).flatMap((key) => keysBelow([...path, key], takesEffect))
}
