import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { botIdOf, readFacts } from '@pluggram/storage'
import type { ExaminedHome } from './examined-home.ts'

/** What the database knows; `undefined` when there is none, or it cannot be read, which its own check says. */
export function databaseFacts({
  home,
  settings,
}: Pick<ExaminedHome, 'home' | 'settings'>): ReturnType<typeof readFacts> | undefined {
  const file = join(home, 'data', 'pluggram.db')
  if (!existsSync(file)) return undefined
  try {
    return readFacts(file, botIdOf(settings.telegram.botToken))
  } catch {
    return undefined
  }
}
