import { findClosest } from '@pluggram/base'
import type { Plugin, PluginManifest } from '@pluggram/sdk'
import { CALL_KINDS, CALLS } from '@pluggram/sdk/runtime'

/** The members of a plugin that must be functions. */
export const FUNCTIONS: readonly string[] = [
  ...CALL_KINDS.flatMap((kind) => CALLS[kind].member ?? []),
  'cleanup',
]

/**
 * Warns about members that nobody calls because of their spelling, such as `process_message`, and about
 * a plugin that has nothing to call. A plugin may work in timers alone, which are effects.
 */
export function silentWarnings(
  instance: Plugin,
  manifest: PluginManifest,
  { hasEffects }: { readonly hasEffects: boolean },
): string[] {
  const names = memberNames(instance)
  const misspelled = names.flatMap((name) => {
    const meant = FUNCTIONS.includes(name) ? undefined : findClosest(name, FUNCTIONS)
    return meant === undefined || names.includes(meant) ? [] : [{ name, meant }]
  })
  const warnings = misspelled.map(
    ({ name, meant }) => `it has ${name}, which nobody calls. Did you mean ${meant}?`,
  )
  const offers = [manifest.commands, manifest.tools, manifest.schedules]
  const isSilent =
    !hasEffects &&
    !FUNCTIONS.some((name) => names.includes(name)) &&
    instance.provides === undefined &&
    offers.every((offered) => Object.keys(offered ?? {}).length === 0)
  if (isSilent && misspelled.length === 0) {
    warnings.push('it has no processMessage, commands, tools or schedules, so it never answers')
  }
  return warnings
}

/** Functions of an object and of its classes. Never calls a getter. */
function memberNames(instance: object): readonly string[] {
  const names = new Set<string>()
  for (
    let holder: object | null = instance;
    holder !== null && holder !== Object.prototype;
    holder = Reflect.getPrototypeOf(holder)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name)
    }
  }
  return [...names]
}
