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
  const end = Date.now() + 60_000
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
  const byName = Map.groupBy(all, (slot) => slot.split('@')[0] ?? '')
  expect(byName.size).toBe(SCHEDULES)
  // a slot is lost only by a process that was killed between taking and running it
  const atWork = takenLast()
  const lost = [...byName].flatMap(([name, own]) => missing(name, own))
  expect(lost.filter((slot) => !atWork.has(slot))).toEqual([])
})

/** The slot of each schedule that each process took last: it may have been killed before it ran. */
function takenLast(): ReadonlySet<string> {
  const last = new Map<string, string>()
  for (const line of lines()) {
    const [kind, pid, slot = ''] = line.split(' ')
    if (kind === 'take') last.set(`${pid} ${slot.split('@')[0]}`, slot)
  }
  return new Set(last.values())
}

/** The seconds between a schedule's first run and its last that nobody ran. */
function missing(name: string, slots: readonly string[]): readonly string[] {
  const times = slots.map((slot) => Date.parse(slot.split('@')[1] ?? ''))
  const first = Math.min(...times)
  const seconds = (Math.max(...times) - first) / 1_000 + 1
  return Array.from(
    { length: seconds },
    (_, index) => `${name}@${new Date(first + index * 1_000).toISOString()}`,
  ).filter((slot) => !slots.includes(slot))
}
