import type { ConfigLocation } from './config-problem.ts'
import type { EnvFileEntry } from './env-file.ts'

/** Where a variable of the merged environment comes from. */
export interface EnvironmentEntry {
  readonly value: string
  readonly location: ConfigLocation & { readonly via: '.env' | `environment ${string}` }
}

/** `.env` overridden by the process environment. An empty variable counts as unset in both. */
export function mergeEnvironment(
  envFile: string,
  entries: readonly EnvFileEntry[],
  processEnvironment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, EnvironmentEntry> {
  const merged = new Map<string, EnvironmentEntry>()
  for (const { name, value, line } of entries) {
    if (value !== '') merged.set(name, { value, location: { file: envFile, line, column: 1, via: '.env' } })
  }
  for (const [name, value] of Object.entries(processEnvironment)) {
    if (typeof value !== 'string' || value === '' || name === '__proto__') continue
    merged.set(name, {
      value,
      location: { file: 'environment', line: 0, column: 0, via: `environment ${name}` },
    })
  }
  return merged
}
