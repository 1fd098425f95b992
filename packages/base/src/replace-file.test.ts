import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { replaceFile, replaceFileSync } from './replace-file.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'replace-file-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const ways = [
  ['replaceFile', replaceFile],
  ['replaceFileSync', async (...args: Parameters<typeof replaceFileSync>) => replaceFileSync(...args)],
] as const
const rightsOf = (file: string): number => statSync(file).mode & 0o777

describe.each(ways)('%s', (_name, replace) => {
  test('makes a folder only when it is told to, and one file in it', async () => {
    const file = join(folder, 'deep', 'er', 'a.json')
    await expect(replace(file, 'new')).rejects.toThrow('ENOENT')
    await replace(file, 'new', { mode: 0o600, makesFolder: true })
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(rightsOf(file)).toBe(0o600)
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['a.json'])
  })

  test('a file that had wrong rights has the right ones afterwards', async () => {
    const file = join(folder, 'key')
    writeFileSync(file, 'old', { mode: 0o644 })
    await replace(file, Buffer.from('new'), { mode: 0o600 })
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(rightsOf(file)).toBe(0o600)
  })

  test('without rights given a file keeps its own', async () => {
    const file = join(folder, 'config.json')
    writeFileSync(file, 'old')
    // more than a usual umask lets through
    chmodSync(file, 0o666)
    await replace(file, 'new')
    expect(rightsOf(file)).toBe(0o666)
    await replace(join(folder, 'new.json'), 'new')
    expect(rightsOf(join(folder, 'new.json'))).toBe(0o644)
  })

  test('a link keeps pointing at its target, which has the new content', async () => {
    mkdirSync(join(folder, 'elsewhere'))
    const target = join(folder, 'elsewhere', 'real.json')
    const link = join(folder, 'link.json')
    writeFileSync(target, 'old')
    symlinkSync(target, link)
    await replace(link, 'new')
    await replace(link, 'newer')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('newer')
    expect(readdirSync(folder).toSorted()).toEqual(['elsewhere', 'link.json'])
  })

  test('what cannot be written leaves nothing behind', async () => {
    const file = join(folder, 'is-a-folder')
    mkdirSync(join(file, 'with-content'), { recursive: true })
    await expect(replace(file, 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/)
    expect(readdirSync(folder)).toEqual(['is-a-folder'])
    expect(readdirSync(file)).toEqual(['with-content'])
  })
})
