import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { CliEnvironment } from './cli-environment.ts'
import { newHome } from './new-home.ts'
import { styles } from './styles.ts'

/** The owner's alone: .env will hold secrets. */
const OWNER_ONLY = 0o077

/** Writes a home with explained files. What is there already stays as it is. */
export async function init(cli: CliEnvironment, folder: string | undefined): Promise<number> {
  const home = resolve(folder ?? cli.home)
  process.umask(OWNER_ONLY)
  const style = styles(process.stdout)
  const files = newHome()
  const width = Math.max(...files.map(({ path }) => path.length))
  cli.print(`${style.title('Home')}  ${home}`)
  for (const { path, text, about } of files) {
    const isNew = await writeNew(join(home, path), text)
    const note = isNew ? about : 'kept as it was'
    cli.print(`  ${style.word(path.padEnd(width))}  ${isNew ? note : style.faint(note)}`)
  }
  const place = JSON.stringify(home) === `"${home}"` && !home.includes(' ') ? home : `"${home}"`
  cli.print(
    [
      '',
      style.title('Next'),
      `  npm start -- --home ${place}    start it (or: npx pluggram start --home ${place})`,
      `  ${join(home, '.env')}    a bot token and a model key go here; without them it starts in the playground`,
      '  Write "hello" to your assistant: plugins/hello.ts answers, and reloads when you save it.',
    ].join('\n'),
  )
  return 0
}

/** @returns false when there is such a file */
async function writeNew(file: string, text: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
