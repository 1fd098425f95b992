import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PluggramError, z } from '@pluggram/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askLocally } from './ask-locally.ts'
import { serveLocally } from './serve-locally.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
let home: string
let folder: string
const open: AsyncDisposable[] = []

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'door-'))
  folder = join(home, 'door')
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((door) => door[Symbol.asyncDispose]()))
  await rm(home, { recursive: true })
})

async function serve(at: string = folder): Promise<AsyncDisposable> {
  const door = await serveLocally({
    folder: at,
    logger: quiet,
    register(server) {
      server.get('/where', () => ({ at }))
      server.post('/echo', (message) => z.object({ text: z.string() }).parse(message.body))
      server.get('/refuse', () => {
        throw new PluggramError('plugin-not-found', 'There is no plugin ghost.')
      })
      server.get('/fail', () => {
        throw new Error('token 123')
      })
    },
  })
  open.push(door)
  return door
}

const where = (at: string = folder) => askLocally(at, { method: 'GET', path: '/where' })

/** Leaves a socket as a process does that was killed. */
function leaveSocket(at: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(at)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
}

test('only the owner of the folder reaches it, and nothing is left behind', async () => {
  expect(await where()).toBeUndefined()
  const door = await serve()
  expect(await where()).toEqual({ status: 200, body: { at: folder } })
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'socket'))).mode & 0o777).toBe(0o600)
  await door[Symbol.asyncDispose]()
  expect(await where()).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
})

test('a folder that existed with wrong rights is tightened', async () => {
  await mkdir(folder)
  await chmod(folder, 0o777)
  expect(await where()).toBeUndefined()
  leaveSocket(join(folder, 'socket'))
  await expect(where()).rejects.toThrow('other users may enter it')
  await serve()
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect(await where()).toMatchObject({ status: 200 })
})

test('the socket of a killed process is replaced, that of a living one is not', async () => {
  await mkdir(folder, { mode: 0o700 })
  leaveSocket(join(folder, 'socket'))
  expect(await readdir(folder)).toEqual(['socket'])
  expect(await where()).toBeUndefined()
  await serve()
  await expect(serve()).rejects.toThrow('Another program listens')
  expect(await where()).toMatchObject({ status: 200 })
})

test('a path that is too long for a socket works, also after the process was killed', async () => {
  folder = join(home, 'a'.repeat(60), 'b'.repeat(60), 'door')
  const door = await serve()
  const address = await readFile(join(folder, 'address'), 'utf8')
  expect(address.length).toBeLessThan(100)
  expect((await stat(join(address, '..'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'address'))).mode & 0o777).toBe(0o600)
  expect(await where()).toEqual({ status: 200, body: { at: folder } })
  await expect(serve()).rejects.toThrow('Another program listens')
  await door[Symbol.asyncDispose]()
  await expect(stat(join(address, '..'))).rejects.toThrow('ENOENT')
  expect(await readdir(folder)).toEqual([])
})

test('two folders are two doors', async () => {
  const other = join(home, 'other')
  await Promise.all([serve(), serve(other)])
  expect(await where()).toMatchObject({ body: { at: folder } })
  expect(await where(other)).toMatchObject({ body: { at: other } })
})

test.each(['folder', 'socket', 'address'])('a symbolic link in place of the %s is refused', async (place) => {
  await serve(join(home, 'theirs'))
  if (place === 'folder') await symlink(join(home, 'theirs'), folder)
  else {
    await mkdir(folder, { mode: 0o700 })
    await symlink(join(home, 'theirs', 'socket'), join(folder, place))
  }
  await expect(where()).rejects.toThrow('a symbolic link')
  await expect(serve()).rejects.toThrow('a symbolic link')
})

test.skipIf(process.getuid?.() !== 0)('what belongs to another user is refused', async () => {
  await serve()
  await chown(join(folder, 'socket'), 12_345, 12_345)
  await expect(where()).rejects.toThrow('another user')
  await chown(folder, 12_345, 12_345)
  await expect(where()).rejects.toThrow('another user')
})

test('whatever goes wrong arrives as a sentence', async () => {
  await serve()
  const ask = async (method: 'GET' | 'POST', path: string, body?: object) =>
    askLocally(folder, { method, path, ...(body && { body }) })
  const error = (message: string) => ({ error: { message: expect.stringContaining(message) } })
  expect(await ask('POST', '/echo', { text: 'hi' })).toEqual({ status: 200, body: { text: 'hi' } })
  expect(await ask('POST', '/echo', { text: 1 })).toMatchObject({ status: 400, body: error('text') })
  expect(await ask('POST', '/echo', { text: 'x'.repeat(1_100_000) })).toMatchObject({ status: 413 })
  expect(await ask('GET', '/nothing')).toMatchObject({ status: 404, body: error('restart it') })
  expect(await ask('GET', '/refuse')).toMatchObject({ status: 400, body: error('no plugin ghost') })
  const failed = await ask('GET', '/fail')
  expect(failed).toMatchObject({ status: 500, body: error('the log says why') })
  expect(JSON.stringify(failed)).not.toContain('token 123')
  expect(await where()).toMatchObject({ status: 200 })
})

test('a command of another version is refused, and told what to do', async () => {
  await serve()
  const status = await new Promise<string>((resolve, reject) => {
    request({ socketPath: join(folder, 'socket'), path: '/where', agent: false }, (response) => {
      response.setEncoding('utf8').once('data', (text: string) => resolve(`${response.statusCode} ${text}`))
    })
      .once('error', reject)
      .end()
  })
  expect(status).toMatch(/^400 .*Restart the assistant/)
})

test('a temporary folder that others may enter is refused', async () => {
  folder = join(home, 'a'.repeat(60), 'b'.repeat(60), 'door')
  await serve()
  const address = await readFile(join(folder, 'address'), 'utf8')
  await chmod(join(address, '..'), 0o755)
  await expect(where()).rejects.toThrow('other users may enter it')
})

/** Something else listens at the door: an assistant of another version, or a broken one. */
async function listenAs(answer: (response: ServerResponse) => void): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  const server = createServer((_request, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve))
  open.push({
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

test('the answer of an assistant of another version is not used', async () => {
  await listenAs((response) => response.end('{ "at": "elsewhere" }'))
  await expect(where()).rejects.toThrow('different versions')
})

test('an answer that is too large is given up', async () => {
  const chunk = Buffer.alloc(1_048_576)
  let sent = 0
  await listenAs((response) => {
    const more = (): void => {
      sent += 1
      if (sent <= 80) response.write(chunk, more)
      else response.end()
    }
    more()
  })
  await expect(where()).rejects.toThrow('no whole answer')
  expect(sent).toBeLessThan(80)
})
