import { z } from 'zod'
import { schemaAt } from './settings-schema.ts'

/** When a change of a key takes effect: immediately, or at the next start. */
export type TakesEffect = 'live' | 'next start'

declare module 'zod' {
  interface GlobalMeta {
    /** When a change of this key takes effect. Inherited by the keys below it. */
    takesEffect?: TakesEffect
  }
}

/** One key of `config.json`. A list or a map of names counts as one key, with everything in it. */
export interface SettingKey {
  /** The path in the file: `['http', 'allowed_hosts']`. */
  readonly path: readonly string[]
  /** `undefined` if the schema does not define it. */
  readonly takesEffect: TakesEffect | undefined
}

/** Every key of `config.json` except `$schema`, which the assistant ignores. */
export function settingKeys(): readonly SettingKey[] {
  return keysBelow([], undefined).filter(({ path }) => path[0] !== '$schema')
}

function keysBelow(path: readonly string[], inherited: TakesEffect | undefined): SettingKey[] {
  const schema = schemaAt(path)
  const takesEffect = (schema as z.ZodType | undefined)?.meta()?.takesEffect ?? inherited
  if (!(schema instanceof z.ZodObject)) return [{ path, takesEffect }]
  return Object.keys(schema.shape).flatMap((key) => keysBelow([...path, key], takesEffect))
}
