import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchHome } from './watch-home.ts'
import type { HomeWatch } from './watch-home.ts'

let home: string
let calls: number
let watching: HomeWatch

const write = (path: string, text: string) => writeFile(join(home, path), text)

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pluggram-watch-'))
  for (const folder of ['plugins/folder', 'elsewhere/linked', 'data']) {
    await mkdir(join(home, folder), { recursive: true })
  }
  for (const file of [
    'plugins/one.js',
    'plugins/folder/index.js',
    'elsewhere/linked/index.js',
    'elsewhere/file.js',
  ]) {
    await write(file, '1')
  }
  await symlink(join(home, 'elsewhere/file.js'), join(home, 'plugins/linked_file.js'))
  await symlink(join(home, 'elsewhere/linked'), join(home, 'plugins/linked'))
  calls = 0
  watching = watch(Date.now() + 60_000)
  await watching.scanned
})
afterEach(async () => {
  await watching.close()
  await rm(home, { recursive: true })
})

function watch(readAt: number): HomeWatch {
  return watchHome(home, {
    readAt,
    onChange: async () => void (calls += 1),
    onError: (error) => {
      throw error
    },
  })
}

async function callsAfter(act: () => Promise<unknown>): Promise<number> {
  calls = 0
  await act()
  await vi.waitUntil(() => calls > 0, { timeout: 30_000 })
  // a late event of this change must not count for the next
  await sleep(400)
  return calls
}

test('what changed after the files were read and before the first scan ended is seen, nothing else', async () => {
  await sleep(400)
  expect(calls).toBe(0)
  await watching.close()
  const readAt = Date.now()
  await sleep(50)
  await write('plugins/folder/index.js', '2')
  watching = watch(readAt)
  await watching.scanned
  await vi.waitUntil(() => calls === 1, { timeout: 30_000 })
  await watching.close()
  // a removed file shows by its folder
  await sleep(50)
  const readAgainAt = Date.now()
  await sleep(50)
  await rm(join(home, 'plugins/one.js'))
  watching = watch(readAgainAt)
  await vi.waitUntil(() => calls === 2, { timeout: 30_000 })
  await watching.close()
  await sleep(50)
  watching = watch(Date.now())
  await watching.scanned
  await sleep(400)
  expect(calls).toBe(2)
})

test('files saved in place and by renaming are seen, time after time', async () => {
  for (const text of ['2', '3']) {
    expect(await callsAfter(() => write('plugins/one.js', text))).toBeGreaterThan(0)
    expect(
      await callsAfter(async () => {
        await write('config.json.tmp', text)
        await rename(join(home, 'config.json.tmp'), join(home, 'config.json'))
      }),
    ).toBeGreaterThan(0)
  }
})

test('a folder that was swapped for another, or came back, is watched as before', async () => {
  await mkdir(join(home, 'elsewhere/new'))
  await write('elsewhere/new/index.js', '2')
  expect(
    await callsAfter(async () => {
      await rename(join(home, 'plugins/folder'), join(home, 'elsewhere/old'))
      await rename(join(home, 'elsewhere/new'), join(home, 'plugins/folder'))
    }),
  ).toBeGreaterThan(0)
  expect(await callsAfter(() => write('plugins/folder/index.js', '3'))).toBeGreaterThan(0)
  expect(await callsAfter(() => rm(join(home, 'plugins'), { recursive: true }))).toBeGreaterThan(0)
  expect(await callsAfter(() => mkdir(join(home, 'plugins')))).toBeGreaterThan(0)
  expect(await callsAfter(() => write('plugins/one.js', '4'))).toBeGreaterThan(0)
})

test('files and folders behind symbolic links are watched', async () => {
  expect(await callsAfter(() => write('elsewhere/file.js', '2'))).toBeGreaterThan(0)
  expect(await callsAfter(() => write('elsewhere/linked/index.js', '2'))).toBeGreaterThan(0)
})

test('data, dependencies and files of tools are not watched', async () => {
  calls = 0
  for (const folder of ['data/door', 'plugins/.git', 'plugins/folder/node_modules']) {
    await mkdir(join(home, folder), { recursive: true })
    await write(`${folder}/file`, '1')
  }
  await write('notes.txt', '1')
  await sleep(500)
  expect(calls).toBe(0)
})

test('calls never overlap, and a file that is written all the time is read now and then', async () => {
  await watching.close()
  let isBusy = false
  let overlaps = 0
  watching = watchHome(home, {
    readAt: 0,
    async onChange() {
      if (isBusy) overlaps += 1
      isBusy = true
      await sleep(300)
      isBusy = false
      calls += 1
    },
    onError: () => {},
  })
  await expect.poll(() => calls).toBe(1)
  for (let time = 0; time < 30; time += 1) {
    await write('plugins/one.js', String(time))
    await sleep(50)
  }
  expect(calls).toBeGreaterThan(1)
  expect(overlaps).toBe(0)
})

test('a change that could not be taken over is told, and the next one is seen', async () => {
  await watching.close()
  const told: unknown[] = []
  let seen = 0
  watching = watchHome(home, {
    readAt: Date.now() + 60_000,
    async onChange() {
      seen += 1
      if (seen === 1) throw new Error('unreadable')
    },
    onError: (error) => told.push((error as Error).message),
  })
  await watching.scanned
  await write('plugins/one.js', 'first')
  await vi.waitUntil(() => told.length > 0, { timeout: 30_000 })
  await write('plugins/one.js', 'second')
  await vi.waitUntil(() => seen > 1, { timeout: 30_000 })
  expect(told).toEqual(['unreadable'])
})
