import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const made: string[] = []

/** A new home with the given files; objects are written as JSON. */
export async function createHome(
  files: Readonly<Record<string, string | Uint8Array | object>> = {},
): Promise<string> {
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
