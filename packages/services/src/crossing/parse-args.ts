import { PluggramError } from '@pluggram/sdk'
import type { z } from 'zod'

const made = new Map<() => z.ZodType, z.ZodType>()

/**
 * Parses the arguments of a call from a plugin's process, or one of them.
 * @param schema creates the schema lazily, because plugin processes load these files too but need
 *   no schemas
 * @throws PluggramError `permission-missing` when they are malformed
 */
export function parseArgs<Schema extends z.ZodType>(
  name: string,
  schema: () => Schema,
  args: unknown,
): z.output<Schema> {
  const known = (made.get(schema) as Schema | undefined) ?? schema()
  made.set(schema, known)
  const parsed = known.safeParse(args)
  if (parsed.success) return parsed.data
  throw new PluggramError(
    'permission-missing',
    `services.${name} was called with something that it does not take.`,
  )
}
