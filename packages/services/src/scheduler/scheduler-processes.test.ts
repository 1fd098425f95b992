import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openSqliteDatabase } from '@pluggram/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('__fixtures__/beats.ts', import.meta.url))
const SCHEDULES = 20

let folder = ''
const running = new Set<ChildProcess>()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pluggram-beats-'))
  writeFileSync(join(folder, 'journal'), '')
  openSqliteDatabase(join(folder, 'schedules.db')).close()
})
afterEach(async () => {
  await Promise.all([...running].map(kill))
  rmSync(folder, { recursive: true })
})

function lines(): string[] {
  return readFileSync(join(folder, 'journal'), 'utf8').split('\n').filter(Boolean)
}

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`nothing came: ${lines().slice(-5).join(', ')}`)
    await sleep(20)
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(PROGRAM, [join(folder, 'schedules.db'), join(folder, 'journal')], { execArgv: [] })
  running.add(child)
  await until(() => lines().includes(`ready ${child.pid}`))
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

test('processes over one file, killed and started again and again, run each slot once between them', async () => {
  const [one, two] = await Promise.all([start(), start()])
  const slots = (): string[] => lines().filter((line) => line.startsWith('beat'))
  const more = async (count: number): Promise<void> => {
    const before = slots().length
    await until(() => slots().length >= before + count)
  }
  await more(2 * SCHEDULES)
  // in the middle of one second's slots
  await more(SCHEDULES / 2)
  await kill(one)
  await more(SCHEDULES / 2)
  await kill(two)
  await Promise.all([start(), start(), start()])
  await more(3 * SCHEDULES)
  await Promise.all([...running].map(kill))

  expect(lines().filter((line) => line.startsWith('error'))).toEqual([])
  const all = slots()
  expect(new Set(all).size).toBe(all.length)
  // a slot is lost only by a process that was killed between taking and running it
  const byName = Map.groupBy(all, (slot) => slot.split('@')[0])
  const lost = [...byName.values()].map((own) => {
    const times = own.map((slot) => Date.parse(slot.split('@')[1] ?? '')).toSorted((a, b) => a - b)
    return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000 + 1 - times.length
  })
  expect(byName.size).toBe(SCHEDULES)
  expect(lost.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2)
})
