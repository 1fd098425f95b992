import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

type Files = Readonly<Record<string, string | Uint8Array | object>>

const made: string[] = []

/**
 * A new home with the given files; objects are written as JSON. Without a plugins_config.json of its
 * own, only the conversation is on: a test names the plugins it is about.
 */
export async function createHome(own: Files = {}): Promise<string> {
  return writeHome({ 'plugins_config.json': {}, ...own })
}

/** A new home as a newcomer has it: with nothing but the given files. */
export async function createBareHome(files: Files = {}): Promise<string> {
  return writeHome(files)
}

async function writeHome(files: Files): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'pluggram-home-'))
  made.push(home)
  for (const [path, content] of Object.entries(files)) {
    const file = join(home, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(
      file,
      typeof content === 'string' || content instanceof Uint8Array
        ? content
        : JSON.stringify(content, null, 2),
    )
  }
  return home
}

/**
 * Removes every home that was created. A plugin's process may still write to it until it notices
 * that its host is gone.
 */
export async function removeHomes(): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }
  await Promise.all(made.splice(0).map((home) => rm(home, options)))
}
