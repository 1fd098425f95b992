import { existsSync, readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { HEAP_OPTIONS } from '../apps/assistant/bin/heap-options.js'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test.skipIf(!existsSync('/proc/self/cmdline'))(
  'npx pluggram start runs Node with the options of npm start, and ends when it is told to',
  async () => {
    const environment = { PLUGGRAM_HOME: await createHome(), PORT: String(await findFreePort()) }
    const program = startProgram('apps/assistant/bin/pluggram.js', ['start'], { environment })
    await program.waitFor(/ready in/)
    const words = readFileSync(`/proc/${program.pid}/cmdline`, 'utf8').split('\0')
    expect(words).toEqual(expect.arrayContaining([...HEAP_OPTIONS, 'start']))
    expect(await program.stop('SIGTERM')).toBe(0)
  },
)
