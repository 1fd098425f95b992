import { PluggramError } from '@pluggram/sdk'
import type { Plugin } from '@pluggram/sdk'

/**
 * Calls what a plugin provides. Arguments and result are copies, as they are between processes.
 * @throws PluggramError `plugin-not-found` when it provides no such method; what the method throws
 */
export async function callProvided(
  plugin: string,
  { provides }: Plugin,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const found: unknown =
    provides !== undefined && Object.hasOwn(provides, method) ? provides[method] : undefined
  if (typeof found !== 'function') {
    const names = Object.keys(provides ?? {}).join(', ') || 'nothing'
    throw new PluggramError(
      'plugin-not-found',
      `Plugin ${plugin} does not provide ${method}; it provides ${names}.`,
    )
  }
  const copies = structuredClone([...args])
  const result: unknown = await Reflect.apply(found, provides, copies)
  return structuredClone(result)
}
