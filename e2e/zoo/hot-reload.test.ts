import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, botMessages, createPerson, write } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const answering = (version: string): string => `export default class {
  constructor(config) { this.greeting = config.plugins.changing.greeting ?? 'hi' }
  async processMessage(message) {
    if (message === 'version') return { success: true, response: this.greeting + ' ${version}' }
    if (message === 'slow') {
      console.log('slow work begins')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      return { success: true, response: 'slow ${version}' }
    }
  }
  cleanup() { console.log('cleaned up ${version}') }
}`

/** Saves like many editors: writes a second file, then renames it over the first. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text)
  await rename(`${file}.tmp`, file)
}

test('saved files, blocks and switches take effect; a broken edit keeps the old version and says where', async () => {
  const home = await createHome({
    'plugins/changing.js': answering('one'),
    'config.json': { plugins: { changing: {} } },
    'plugins_config.json': { enabled_plugins: { changing: true } },
  })
  const file = join(home, 'plugins/changing.js')
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'version')).toEqual(['hi one'])

  await write(driver, ada, 'slow')
  await assistant.waitFor(/slow work begins/)
  await replaceFile(file, answering('two'))
  await assistant.waitFor(/reloaded: changing/)
  const bob = await createPerson(driver, 'Bob')
  expect(await ask(driver, bob, 'version')).toEqual(['hi two'])
  expect((await botMessages(driver, ada.id, 2)).at(-1)?.text).toBe('slow one')
  await assistant.waitFor(/cleaned up one/)

  await writeFile(file, 'export default class {\n  processMessage() { return (1 + ; }\n}')
  await assistant.waitFor(/changing\.js:2:\d+: Plugin changing cannot be loaded: syntax error/)
  expect(await ask(driver, ada, 'version')).toEqual(['hi two'])
  await writeFile(file, answering('three'))
  await expect.poll(() => ask(driver, ada, 'version')).toEqual(['hi three'])

  await writeFile(join(home, 'config.json'), '{ "plugins": { "changing": { "greeting": "salut" } } }')
  await expect.poll(() => ask(driver, ada, 'version')).toEqual(['salut three'])
  await writeFile(join(home, 'config.json'), '{ "plugins": { "changing": ')
  await assistant.waitFor(/config\.json:1:\d+/)
  expect(await ask(driver, ada, 'version')).toEqual(['salut three'])

  await replaceFile(join(home, 'config.json'), '{}')
  await replaceFile(join(home, 'plugins_config.json'), '{ "enabled_plugins": { "changing": false } }')
  await assistant.waitFor(/cleaned up three[\s\S]*cleaned up three/)
  expect((await ask(driver, ada, 'version')).join()).not.toMatch(/(?:hi|salut) three/)

  await writeFile(join(home, 'plugins/fresh.js'), answering('fresh').replaceAll('changing', 'fresh'))
  await replaceFile(join(home, 'plugins_config.json'), '{ "enabled_plugins": { "fresh": true } }')
  await expect.poll(() => ask(driver, ada, 'version')).toEqual(['hi fresh'])
  await rm(join(home, 'plugins/fresh.js'))
  await assistant.waitFor(/cleaned up fresh/)
  expect(await assistant.stop()).toBe(0)
})

const RELOADS = long(10, 100)

test(`no message is lost or answered twice while a plugin is replaced ${RELOADS} times`, async () => {
  const home = await createHome({
    'plugins/counting.js': counting(0),
    'plugins_config.json': { enabled_plugins: { counting: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const people = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => createPerson(driver, name)))
  const reloading = new AbortController()
  const sent = new Map<number, string[]>(people.map((person) => [person.id, []]))
  const traffic = people.map(async (person) => {
    for (let number = 0; !reloading.signal.aborted; number += 1) {
      sent.get(person.id)?.push(`n${number}`)
      await write(driver, person, `n${number}`)
      await sleep(100)
    }
  })
  for (let version = 1; version <= RELOADS; version += 1) {
    await writeFile(join(home, 'plugins/counting.js'), counting(version))
    await assistant.waitFor(new RegExp(`version ${version} is read`))
    // a half-written file is read twice
    const reloads = (): number => assistant.output().split('reloaded: counting').length - 1
    await expect.poll(reloads).toBeGreaterThanOrEqual(version)
  }
  reloading.abort()
  await Promise.all(traffic)
  const versions = new Set<string>()
  for (const person of people) {
    const expected = sent.get(person.id) ?? []
    await botMessages(driver, person.id, expected.length)
    await sleep(200)
    const answers = (await botMessages(driver, person.id, 0)).map(({ text }) => text.split(' '))
    expect(answers.map(([message]) => message)).toEqual(expected)
    for (const [, version] of answers) versions.add(version ?? '')
  }
  expect(versions.size).toBeGreaterThan(RELOADS / 2)
  expect(assistant.output()).not.toMatch(/crash|plugin failed/)
})

function counting(version: number): string {
  return `console.log('version ${version} is read')
  export default class {
    async processMessage(message) {
      if (!/^n\\d+$/.test(message)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { success: true, response: message + ' v${version}' }
    }
  }`
}
