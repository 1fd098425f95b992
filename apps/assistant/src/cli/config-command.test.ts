import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkConfig } from './config-command.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pluggram-home-'))
  await mkdir(join(home, 'plugins', 'twin'), { recursive: true })
})
afterEach(() => rm(home, { recursive: true }))

async function check(): Promise<{ code: number; printed: string; errors: string }> {
  const printed: string[] = []
  const errors: string[] = []
  const code = await checkConfig({
    home,
    environment: {},
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
  })
  return { code, printed: printed.join('\n'), errors: errors.join('\n') }
}

test('a plugin that is there twice is a problem, and not one of an unknown name', async () => {
  await writeFile(join(home, 'plugins', 'twin.js'), 'export default class {}')
  await writeFile(join(home, 'plugins', 'twin', 'package.json'), '{ "name": "twin", "main": "index.js" }')
  await writeFile(join(home, 'plugins', 'twin', 'index.js'), 'export default class {}')
  await writeFile(join(home, 'plugins_config.json'), '{ "enabled_plugins": { "twin": true } }')
  await writeFile(join(home, 'config.json'), '{ "plugins": { "twin": { "city": "Rome" } } }')
  const { code, errors } = await check()
  expect(code).toBe(1)
  expect(errors.split('\n')).toEqual([expect.stringMatching(/^error {2}.*twin/)])
  expect(errors).toContain(join(home, 'plugins', 'twin.js'))
  expect(errors).toContain(join(home, 'plugins', 'twin', 'index.js'))
})

test('a plugin whose package.json is broken is a problem', async () => {
  await writeFile(join(home, 'plugins', 'twin', 'package.json'), '{ "name": ')
  expect(await check()).toMatchObject({ code: 1, errors: expect.stringContaining('package.json') })
})

test('a name that nobody knows is still told, and a home in order says so', async () => {
  await rm(join(home, 'plugins', 'twin'), { recursive: true })
  expect(await check()).toMatchObject({ code: 0, printed: 'Configuration OK.', errors: '' })
  await writeFile(join(home, 'plugins_config.json'), '{ "enabled_plugins": { "ai_chatbto": true } }')
  expect(await check()).toMatchObject({ errors: expect.stringContaining('ai_chatbto') })
})
