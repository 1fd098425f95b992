import { once } from 'node:events'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { LARGEST_FILE, readTextFile } from './read-text-file.ts'
import { createTestHome } from './test-home.ts'

async function gotOf(content: string | Uint8Array): Promise<string | undefined> {
  await using home = await createTestHome({ 'config.json': content })
  const { text, problem } = await readTextFile(home.file('config.json'))
  expect(text).toBeUndefined()
  return problem && `${problem.line}:${problem.column} ${problem.got}`
}

describe('readTextFile', () => {
  it('strips a byte order mark and says so', async () => {
    await using home = await createTestHome({ a: '\uFEFF{}', b: '{}' })
    expect(await readTextFile(home.file('a'))).toEqual({ text: '{}', hasByteOrderMark: true })
    expect(await readTextFile(home.file('b'))).toEqual({ text: '{}', hasByteOrderMark: false })
  })

  it('returns nothing for a file that does not exist', async () => {
    await using home = await createTestHome()
    expect(await readTextFile(home.file('a'))).toEqual({})
  })

  it('recognises UTF-16, with and without a byte order mark', async () => {
    expect(await gotOf(Buffer.from('\uFEFF{"a":1}', 'utf16le'))).toBe('1:1 UTF-16 text')
    expect(await gotOf(Buffer.from('\uFEFF{"a":1}', 'utf16le').swap16())).toBe('1:1 UTF-16 text')
    expect(await gotOf(Buffer.from('{"a":1}', 'utf16le'))).toMatch(/^1:2 a NUL byte/)
  })

  it('points at a NUL byte and at bytes that are not UTF-8', async () => {
    expect(await gotOf('{\n "ä": \0}')).toMatch(/^2:7 a NUL byte/)
    expect(await gotOf(Buffer.concat([Buffer.from('{\n "ä€😀": "'), Buffer.from([0xff, 0xfe])]))).toBe(
      '2:11 bytes that are not UTF-8',
    )
    expect(await gotOf(Buffer.from([0x22, 0xc3]))).toMatch(/not UTF-8$/)
  })

  it('refuses a file over 1 MiB and takes one of that size', async () => {
    expect(await gotOf(' '.repeat(LARGEST_FILE + 1))).toBe('1:1 a larger file')
    await using home = await createTestHome({ a: ' '.repeat(LARGEST_FILE) })
    expect((await readTextFile(home.file('a'))).text).toHaveLength(LARGEST_FILE)
  })

  it('refuses a folder, a socket, a device and a link to nowhere, and follows a good link', async () => {
    await using home = await createTestHome({ real: 'text' })
    await mkdir(home.file('folder'))
    await symlink(home.file('nowhere'), home.file('dangling'))
    await symlink(home.file('real'), home.file('link'))
    const server = createServer().listen(home.file('socket'))
    await once(server, 'listening')
    expect((await readTextFile(home.file('folder'))).problem?.got).toBe('a folder')
    expect((await readTextFile(home.file('socket'))).problem?.got).toBe('a device, pipe or socket')
    server.close()
    expect((await readTextFile('/dev/zero')).problem?.got).toBe('a device, pipe or socket')
    expect((await readTextFile(home.file('dangling'))).problem?.got).toBe(
      'a link to a file that does not exist',
    )
    expect((await readTextFile(home.file('link'))).text).toBe('text')
  })

  it.skipIf(process.getuid?.() === 0)('says that it may not read a file', async () => {
    await using home = await createTestHome({ a: 'text' })
    await chmod(home.file('a'), 0)
    expect((await readTextFile(home.file('a'))).problem?.got).toBe('no permission to read it')
  })

  it('names the error of any other failure', async () => {
    await using home = await createTestHome({ a: 'text' })
    expect((await readTextFile(home.file('a/b'))).problem?.got).toBe('the error ENOTDIR')
  })
})
