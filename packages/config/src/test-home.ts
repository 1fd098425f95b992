import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A home on disk for one test; it is removed when the test's scope ends (`await using`). */
export interface TestHome extends AsyncDisposable {
  readonly home: string
  file(name: string): string
}

export async function createTestHome(
  files: Readonly<Record<string, string | Uint8Array | object>> = {},
): Promise<TestHome> {
  const home = await mkdtemp(path.join(tmpdir(), 'pluggram-config-'))
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(home, name)
    await mkdir(path.dirname(file), { recursive: true })
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    await writeFile(file, isRaw ? content : JSON.stringify(content, null, 2))
  }
  return {
    home,
    file: (name) => path.join(home, name),
    async [Symbol.asyncDispose]() {
      await rm(home, { recursive: true, force: true })
    },
  }
}
