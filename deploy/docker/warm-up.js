// Starts the assistant once, in a home that is thrown away, so that the image holds the compiled code. Without it each start of a
// container would compile everything again: nothing can be kept in a read-only root.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const home = mkdtempSync(join(tmpdir(), 'pluggram-warm-up-'))
const assistant = spawn(
  process.execPath,
  [join(import.meta.dirname, '../../apps/assistant/bin/pluggram.js'), 'start'],
  {
    env: { PATH: process.env.PATH, PLUGGRAM_HOME: home, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
let output = ''
assistant.stdout.setEncoding('utf8').on('data', (text) => {
  output += text
  // the link is printed last
  if (output.includes('/login?token=')) assistant.kill('SIGTERM')
})
assistant.on('close', (code) => {
  rmSync(home, { recursive: true, force: true })
  if (code === 0) return
  console.error(output)
  process.exitCode = 1
})
