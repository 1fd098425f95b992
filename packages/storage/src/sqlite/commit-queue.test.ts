import fs from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CommitQueue } from './commit-queue.ts'
import { WriteLog } from './write-log.ts'

let folder: string
let file: string
let database: DatabaseSync
let log: WriteLog
let queue: CommitQueue

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-queue-'))
  file = join(folder, 'queue.db')
  database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE note (text TEXT NOT NULL) STRICT')
  log = new WriteLog(database)
  queue = new CommitQueue(log)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await queue.close()
  await log.close()
  database.close()
  await rm(folder, { recursive: true, force: true })
})

function insert(text: string): void {
  log.connection.prepare('INSERT INTO note (text) VALUES (?)').run(text)
}

/** Reads on another connection, which sees only what is committed. */
function notes(): readonly unknown[] {
  return database
    .prepare('SELECT text FROM note ORDER BY rowid')
    .all()
    .map(({ text }) => text)
}

test('each write hears of its own commit, however light and heavy ones follow each other', async () => {
  const unheard: string[] = []
  async function write(text: string, isLight = false): Promise<void> {
    const job = (): string => (insert(text), text)
    const result = await (isLight ? queue.writeLater(job) : queue.write(job))
    if (result !== text || !notes().includes(text)) unheard.push(text)
  }
  for (let round = 0; round < 30; round += 1) {
    const both = [write(`light ${round}`, true), write(`heavy ${round}`)]
    for (let later = 0; later < 6; later += 1) {
      await sleep(1)
      both.push(write(`later ${round}.${later}`, later % 2 === 0))
    }
    await Promise.all(both)
    await Promise.all([write(`light again ${round}`, true), write(`heavy again ${round}`)])
  }
  expect(unheard).toEqual([])
  expect(notes()).toHaveLength(30 * 10)
})

test('writes of one moment share a commit and a flush; those that come meanwhile wait for the disk', async () => {
  const seen: (readonly unknown[])[] = []
  const writes: Promise<void>[] = []
  const flush = log.flush.bind(log)
  vi.spyOn(log, 'flush').mockImplementation(async () => {
    seen.push(notes())
    if (writes.length === 2) writes.push(queue.write(() => insert('c')))
    await sleep(20)
    await flush()
    seen.push(notes())
  })
  writes.push(
    queue.write(() => insert('a')),
    queue.write(() => insert('b')),
  )
  await Promise.all(writes)
  await Promise.all(writes)
  // before and after each flush
  expect(seen.map((texts) => texts.join(''))).toEqual(['ab', 'ab', 'abc', 'abc'])
})

test('one that throws fails those of its moment and leaves nothing of them', async () => {
  const outcomes = await Promise.allSettled([
    queue.write(() => insert('a')),
    queue.write(() => insert(null as never)),
    queue.writeLater(() => insert('b')),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(queue.failure).toMatch(/NOT NULL/)
  expect(notes()).toEqual([])
  await queue.write(() => insert('c'))
  expect(queue.failure).toBeUndefined()
  expect(notes()).toEqual(['c'])
})

test('what comes when the log is closed is refused, and keeps nothing from closing', async () => {
  await log.close()
  await expect(queue.write(() => insert('late'))).rejects.toThrow('is closed')
  await queue.close()
  expect(notes()).toEqual([])
})

test('while another connection writes, nobody but the write waits', async () => {
  const other = new DatabaseSync(file)
  other.exec("BEGIN IMMEDIATE; INSERT INTO note VALUES ('other')")
  const write = queue.write(() => insert('a'))
  let turns = 0
  const end = performance.now() + 100
  while (performance.now() < end) {
    await sleep(1)
    turns += 1
  }
  expect(turns).toBeGreaterThan(20)
  other.exec('COMMIT')
  other.close()
  await write
  expect(notes()).toEqual(['other', 'a'])
})

describe('the disk', () => {
  test('has what was written when it is heard of; nobody waits with a light write', async () => {
    const flushed: (readonly unknown[])[] = []
    const flush = vi.spyOn(log, 'flush').mockImplementation(async () => {
      flushed.push(notes())
      await sleep(20)
      flushed.push(['is over'])
    })
    await queue.writeLight(() => insert('light'))
    await queue.writeLater(() => insert('later'))
    expect(flush).not.toHaveBeenCalled()
    await queue.write(() => insert('heavy'))
    expect(flushed).toEqual([['light', 'later', 'heavy'], ['is over']])
  })

  test.runIf(process.platform === 'linux')('is told to keep the log', async () => {
    const names: string[] = []
    const flush = fs.fdatasync
    vi.spyOn(fs, 'fdatasync').mockImplementation((descriptor, done) => {
      names.push(fs.readlinkSync(`/proc/self/fd/${descriptor}`))
      flush(descriptor, done)
    })
    await queue.write(() => insert('a'))
    expect(names).toEqual([`${fs.realpathSync(file)}-wal`])
  })

  test('is not waited for when the owner chose so', async () => {
    const flush = vi.spyOn(fs, 'fdatasync')
    const own = new WriteLog(database, { synchronous: 'normal' })
    const writes = new CommitQueue(own)
    await writes.write(() => void own.connection.exec("INSERT INTO note VALUES ('a')"))
    expect(flush).not.toHaveBeenCalled()
    expect(notes()).toEqual(['a'])
    await writes.close()
    await own.close()
  })

  test('may refuse for a time: nobody hears of success before it takes what is committed, and it is written once', async () => {
    vi.spyOn(fs, 'fdatasync').mockImplementationOnce((_descriptor, done) => done(new Error('ENOSPC')))
    let isHeard = false
    const first = queue.write(() => insert('a')).then(() => (isHeard = true))
    await expect.poll(() => queue.failure).toBe('ENOSPC')
    expect(isHeard).toBe(false)
    const second = queue.write(() => insert('b'))
    await Promise.all([first, second])
    expect(queue.failure).toBeUndefined()
    expect(notes()).toEqual(['a', 'b'])
  })

  test('that refused gets the whole log once more: what it could not write it forgets', async () => {
    await queue.write(() => insert('before'))
    const written: { readonly at: number; readonly length: number }[] = []
    const write = fs.writeSync as (...args: readonly unknown[]) => number
    vi.spyOn(fs, 'writeSync').mockImplementation(((...args: readonly unknown[]) => {
      const length = write(...args)
      written.push({ at: Number(args[4]), length })
      return length
    }) as typeof fs.writeSync)
    const flush = fs.fdatasync
    const sizes: number[] = []
    vi.spyOn(fs, 'fdatasync')
      .mockImplementationOnce((_descriptor, done) => done(new Error('EIO')))
      .mockImplementation((descriptor, done) => {
        sizes.push(fs.fstatSync(descriptor).size)
        expect(written).toEqual([{ at: 0, length: sizes[0] }])
        flush(descriptor, done)
      })
    await queue.write(() => insert('a'))
    await queue.write(() => insert('b'))
    expect(sizes).toHaveLength(2)
    expect(written).toHaveLength(1)
    expect(notes()).toEqual(['before', 'a', 'b'])
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  })

  test('that goes on refusing does not keep the queue from closing', async () => {
    vi.spyOn(fs, 'fdatasync').mockImplementation((_descriptor, done) => done(new Error('EIO')))
    const write = queue.write(() => insert('a'))
    await expect.poll(() => queue.failure).toBe('EIO')
    const closing = queue.close()
    await expect(write).rejects.toThrow('EIO')
    await closing
  })
})

describe('the log', () => {
  const page = 'x'.repeat(4_000)
  async function fill(pages: number): Promise<number> {
    for (let at = 0; at < pages; at += 1) await queue.writeLight(() => insert(page))
    return (await stat(`${file}-wal`)).size
  }

  test('is emptied by a thread when it is long, and nothing is lost', async () => {
    expect(await fill(2_000)).toBeLessThan(1.5 * 1_048_576)
    expect(notes()).toHaveLength(2_000)
  })

  test('outlives the thread', async () => {
    const ends = Promise.withResolvers<unknown>()
    const end = (worker: Worker): void => ends.resolve(worker.terminate())
    process.once('worker', end)
    await fill(100)
    await ends.promise
    expect(await fill(2_000)).toBeLessThan(3 * 1_048_576)
    expect(notes()).toHaveLength(2_100)
  })

  test('goes on growing while somebody reads, and is emptied afterwards', async () => {
    const reader = new DatabaseSync(file)
    reader.exec('BEGIN; SELECT count(*) FROM note')
    expect(await fill(1_000)).toBeGreaterThan(4 * 1_048_576)
    reader.exec('COMMIT')
    reader.close()
    expect(await fill(1_000)).toBeLessThan(3 * 1_048_576)
    expect(notes()).toHaveLength(2_000)
  })
})

test('a log that cannot be measured after a checkpoint does not stop the queue', async () => {
  const text = 'x'.repeat(4_000)
  for (let count = 0; count < 100; count += 1) await queue.writeLight(() => insert(text))
  const measure = vi.spyOn(StatementSync.prototype, 'get')
  const postMessage = Worker.prototype.postMessage
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(function (this: Worker, order: unknown) {
    measure.mockImplementationOnce(() => {
      throw new Error('disk I/O error')
    })
    postMessage.call(this, order)
  })
  for (let count = 0; count < 300; count += 1) await queue.writeLight(() => insert(text))
  expect(measure).toHaveBeenCalled()
  expect(notes()).toHaveLength(400)
})
