import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WriteQueue } from './write-queue.ts'

let folder: string
let database: DatabaseSync
let queue: WriteQueue

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-queue-'))
  const file = join(folder, 'queue.db')
  database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE note (text TEXT NOT NULL) STRICT')
  queue = new WriteQueue({ file, waitsForDisk: false })
})
afterEach(async () => {
  await queue.close()
  database.close()
  await rm(folder, { recursive: true, force: true })
})

/** Keeps a thread at work for some milliseconds. */
const SLOW =
  'INSERT INTO note (text) WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 60000) SELECT ? || max(n) FROM counter'

test('each write hears of its own commit, however light and heavy ones follow each other', async () => {
  const slow = queue.prepare(SLOW)
  const insert = queue.prepare('INSERT INTO note (text) VALUES (?)')
  const find = database.prepare('SELECT count(*) AS count FROM note WHERE text = ?')
  const unheard: string[] = []
  async function write(text: string, isLight = false): Promise<void> {
    const calls = [insert(text)]
    const [outcome] = await (isLight ? queue.writeLater(() => calls) : queue.write(calls))
    if (outcome !== 1 || find.get(text)?.count !== 1) unheard.push(text)
  }
  for (let round = 0; round < 60; round += 1) {
    // what comes in during a slow commit waits for its end, a light write's own timer may be over before
    await queue.write([slow(`slow ${round}`)])
    const both = [write(`light ${round}`, true), write(`heavy ${round}`)]
    for (let later = 0; later < 6; later += 1) {
      await sleep(1)
      both.push(write(`later ${round}.${later}`))
    }
    await Promise.all(both)
    await queue.write([slow(`slow again ${round}`)])
    await Promise.all([write(`light again ${round}`, true), write(`heavy again ${round}`)])
    await sleep(3)
    await write(`last ${round}`)
  }
  expect(unheard).toEqual([])
})

/** As SQLite counts: 1 is NORMAL, 2 is FULL. */
test.each([
  [true, 2, 1],
  [false, 1, 1],
])(
  'a write waits for the disk unless the owner chose otherwise, a light one does not (waits: %s)',
  async (waitsForDisk, heavy, light) => {
    const own = new WriteQueue({ file: join(folder, 'queue.db'), waitsForDisk })
    const ask = own.prepare('PRAGMA synchronous')
    // SQLite reads the value when it prepares the statement, anew after a change
    await own.write([ask()])
    const [written] = await own.write([ask()])
    const [noted] = await own.writeLater(() => [ask()])
    const [again] = await own.write([ask()])
    await own.close()
    expect([written, noted, again]).toEqual([heavy, light, heavy].map((synchronous) => [{ synchronous }]))
  },
)
