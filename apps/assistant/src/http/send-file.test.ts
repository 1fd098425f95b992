import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendFile } from './send-file.ts'

const server = fastify()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-files-'))
  const root = join(folder, 'assets')
  await mkdir(join(root, 'inner'), { recursive: true })
  await writeFile(join(folder, 'secret.js'), 'secret')
  await writeFile(join(root, 'page-1.js'), 'const page = 1')
  await writeFile(join(root, '.hidden.js'), 'hidden')
  await writeFile(join(root, 'a b.css'), 'a {}')
  await symlink(root, join(folder, 'link'))
  server.get<{ Params: { '*': string } }>('/assets/*', (request, reply) =>
    sendFile(request, reply, { root, path: request.params['*'], isImmutable: true }),
  )
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

test('sends a file with its type, and lets browsers keep it', async () => {
  const answer = await server.inject('/assets/page-1.js')
  expect(answer.body).toBe('const page = 1')
  expect(answer.headers).toMatchObject({
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  const again = await server.inject({
    url: '/assets/page-1.js',
    headers: { 'if-none-match': String(answer.headers.etag) },
  })
  expect(again.statusCode).toBe(304)
  const part = await server.inject({ url: '/assets/page-1.js', headers: { range: 'bytes=0-4' } })
  expect([part.statusCode, part.body]).toEqual([206, 'const'])
  expect((await server.inject({ method: 'HEAD', url: '/assets/a%20b.css' })).statusCode).toBe(200)
})

test.each([
  '/assets/',
  '/assets/none.js',
  '/assets/inner',
  '/assets/inner/',
  '/assets/.hidden.js',
  '/assets/../secret.js',
  '/assets/%2e%2e/secret.js',
  '/assets/..%2fsecret.js',
  '/assets/..%5csecret.js',
  '/assets/inner/../../secret.js',
  '/assets/%00',
  '/assets/page-1.js%00.css',
  '/assets/%E0%A4%A',
  '/assets//etc/passwd',
])('%s is not found', async (url) => {
  const { statusCode, body } = await server.inject(url)
  expect(statusCode === 404 || statusCode === 400).toBe(true)
  expect(body).not.toMatch(/secret$|hidden$|root:/)
})
