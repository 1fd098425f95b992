import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestServices } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { configuration } from './configuration.ts'
import { FolderWatch } from './folder-watch.ts'
import { Learner } from './learner.ts'
import { Library } from './library.ts'

installLeakCheck()

let root: string
const services = () => createTestServices()

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'knowledge-'))
})

afterEach(async () => {
  await rm(root, { recursive: true })
})

async function start(paths: readonly string[], chat?: number, kept = services()) {
  const config = configuration.parse({ folders: paths.map((path) => ({ path, chat })) })
  const library = await Library.open(kept.database)
  const learner = new Learner(library, kept, config)
  const { signal } = new AbortController()
  const watch = new FolderWatch({ folders: config.folders, library, learner, services: kept, signal })
  return {
    watch,
    services: kept,
    titles: async () =>
      (await library.list(['everyone', 'chat:-5'])).map(({ title, scope }) => `${scope} ${title}`),
    texts: async (words: string) =>
      (await library.searchWords(words, ['everyone', 'chat:-5'], 9)).map(({ text }) => text),
  }
}

test('files are learned, learned anew when they change, and forgotten when they are gone', async () => {
  const file = join(root, 'sub', 'hours.md')
  await mkdir(join(root, 'sub'))
  await writeFile(file, '# Hours\n\nOpens at ten.')
  await writeFile(join(root, 'other.txt'), 'Opens never.')
  const { watch, titles, texts } = await start([root])
  await watch.look()
  expect(await titles()).toEqual(['everyone other.txt', 'everyone sub/hours.md'])
  await writeFile(file, '# Hours\n\nOpens at eleven.')
  await utimes(file, 1, 1)
  await rm(join(root, 'other.txt'))
  await watch.look()
  expect(await texts('"opens"')).toEqual(['Opens at eleven.'])
})

test('hidden files, other kinds, and links that lead out are left alone', async () => {
  await writeFile(join(root, '.secret.md'), 'hidden')
  await writeFile(join(root, 'photo.png'), 'picture')
  await symlink('/etc/hostname', join(root, 'link.txt'))
  const { watch, titles } = await start([root])
  await watch.look()
  expect(await titles()).toEqual([])
})

test('a folder of a group is learned for that group', async () => {
  await writeFile(join(root, 'a.txt'), 'words')
  const { watch, titles } = await start([root], -5)
  await watch.look()
  expect(await titles()).toEqual(['chat:-5 a.txt'])
})

test('a folder that cannot be read is told, and costs nothing that was learned', async () => {
  await writeFile(join(root, 'a.txt'), 'words')
  const first = await start([root])
  await first.watch.look()
  const gone = join(root, 'gone')
  const second = await start([gone], undefined, first.services)
  await second.watch.look()
  expect(await second.titles()).toEqual(['everyone a.txt'])
  expect(JSON.stringify(first.services.logLines)).toContain(gone)
})

test('a folder that the owner took out of the configuration is forgotten', async () => {
  await writeFile(join(root, 'a.txt'), 'words')
  const first = await start([root])
  await first.watch.look()
  const second = await start([], undefined, first.services)
  await second.watch.look()
  expect(await second.titles()).toEqual([])
})

test('a file that cannot be read is told once, until it changes', async () => {
  await writeFile(join(root, 'a.pdf'), 'no PDF')
  const { watch, services: used } = await start([root])
  await watch.look()
  await watch.look()
  expect(used.logLines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})
