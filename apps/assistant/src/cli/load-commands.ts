import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CliCommand } from './cli-command.ts'

const FOLDER = join(import.meta.dirname, 'commands')

/**
 * Loads the files of `commands/`; each exports `commands`. A file is named after the first word of
 * its commands (`plugins.ts`, `plugins-settings.ts`), so only the files of the typed word are
 * loaded. All are when none matches.
 */
export async function loadCommands(word: string | undefined): Promise<readonly CliCommand[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const matching = files.filter((file) => file.slice(0, file.search(/[-.]/)) === word)
  const loaded = await Promise.all(
    (matching.length > 0 ? matching : files).map(async (file) => {
      const module: { commands: readonly CliCommand[] } = await import(pathToFileURL(join(FOLDER, file)).href)
      return module.commands
    }),
  )
  return loaded.flat().toSorted((a, b) => (a.words < b.words ? -1 : 1))
}
