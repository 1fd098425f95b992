import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { canMount, mountSmallDisk } from './reliability/support/small-disk.ts'
import type { SmallDisk } from './reliability/support/small-disk.ts'
import { startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'

const run = promisify(execFile)
const disks: SmallDisk[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const disk of disks.splice(0)) await disk.unmount()
  await removeHomes()
})

/** What a failed start prints besides its log, which is JSON. */
function sentences(output: string): string[] {
  return output.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
}

test('a start on a full or read-only disk ends with one sentence that names it', async ({ skip }) => {
  if (!(await canMount())) skip('only root can mount a small disk, and not in every container')
  const home = await createHome()
  const data = join(home, 'data')
  const disk = await mountSmallDisk(data, 2)
  disks.push(disk)
  await disk.fill()
  const full = await runCommand(home, 'start')
  expect(sentences(full.output)).toEqual([
    expect.stringMatching(/^The disk is full: .*data.* cannot be written\./),
  ])
  expect(full.code).toBe(74)
  expect((await readdir(data)).filter((file) => /unfinished|tmp/.test(file))).toEqual([])
  await disk.free()
  await chmod(data, 0o755)
  await run('mount', ['-o', 'remount,ro', data])
  const readOnly = await runCommand(home, 'start')
  expect(sentences(readOnly.output)).toEqual([
    expect.stringMatching(/^The disk is read-only: .*data.* cannot be written\./),
  ])
  expect(readOnly.code).toBe(73)
  expect(readOnly.output).not.toContain('keep the data folder private')
})

test('a database that another program holds is named; "another assistant" is said only when one runs', async () => {
  const home = await createHome({
    'config.json': { http: { port: 0 } },
    'plugins_config.json': { enabled_plugins: {} },
  })
  await mkdir(join(home, 'data'))
  const file = join(home, 'data/pluggram.db')
  const other = new DatabaseSync(file)
  other.exec('PRAGMA journal_mode = WAL; CREATE TABLE note (text TEXT); BEGIN IMMEDIATE')
  const held = await runCommand(home, 'start')
  expect(sentences(held.output)).toEqual([
    expect.stringMatching(/^Another program keeps .*pluggram\.db locked\. Close it/),
  ])
  expect(held.code).toBe(75)
  other.close()

  const assistant = await startAssistant(home)
  const second = await runCommand(home, 'start')
  expect(sentences(second.output)).toEqual([expect.stringMatching(/^Another assistant runs in this home/)])
  expect(second.code).toBe(75)
  expect(await assistant.stop()).toBe(0)
})

test('few open files are named at the start', async () => {
  const home = await createHome({ 'config.json': { http: { port: 0 } } })
  const command = 'ulimit -n 64 && exec "$0" apps/assistant/src/main.ts start'
  const child = execFile('bash', ['-c', command, process.execPath], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PLUGGRAM_HOME: home },
  })
  const ended = once(child, 'close')
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  try {
    await expect.poll(() => output).toMatch(/ready in/)
    expect(output).toMatch(/"level":"warn".*only 64 files .*ulimit -n 64/)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
})

test.runIf(process.platform === 'linux')('plugin processes end first when memory is short', async () => {
  const home = await createHome({
    'plugins/timer.js': `export default class {
      constructor(config, services) { services.effects.setInterval('tick', 60000, () => {}) }
      processMessage() {}
    }`,
    'plugins_config.json': { enabled_plugins: { timer: true } },
  })
  const { pid } = await startAssistant(home)
  const tasks = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')
  const children = tasks.trim().split(' ').filter(Boolean)
  expect(children.length).toBeGreaterThan(0)
  const adjustments = [String(pid), ...children].map((id) => readFile(`/proc/${id}/oom_score_adj`, 'latin1'))
  const [own, ...others] = (await Promise.all(adjustments)).map(Number)
  for (const other of others) expect(other).toBeGreaterThan(own ?? 0)
})
