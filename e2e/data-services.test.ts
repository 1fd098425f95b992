import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const KEEPER = `
export default class Keeper {
  static manifest = {
    permissions: { database: true, schedule: true },
    schedules: {
      tidy: { every: { seconds: 1 }, execute: ({ services, slot }) =>
        services.database.query('INSERT INTO beats VALUES (?, ?)', ['tidy', slot]) },
      yearly: { cron: '0 9 1 1 *', timeZone: 'Europe/Berlin', execute() {} },
    },
  }
  constructor(config, services) {
    this.services = services
    this.ready = services.database.migrate(['CREATE TABLE beats (who TEXT, slot TEXT UNIQUE)', 'CREATE VIRTUAL TABLE notes USING fts5(body)'])
    services.scheduler.every({ seconds: 1 }, ({ slot }) =>
      services.database.query('INSERT INTO beats VALUES (?, ?)', ['code', slot]))
    services.scheduler.cron('nonsense', () => {})
  }
  async processMessage(message) {
    const [word, ...rest] = message.split(' ')
    const { database, scheduler } = this.services
    await this.ready
    try {
      if (word === 'note') return done(await database.execute('INSERT INTO notes VALUES (?)', [rest.join(' ')]))
      if (word === 'find') return done(await database.query('SELECT body FROM notes WHERE notes MATCH ?', rest))
      if (word === 'bomb') return done(await database.query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n', [], { timeoutSeconds: 0.5 }))
      if (word === 'sql') return done(await database.query(rest.join(' ')))
      if (word === 'beats') {
        const db = await database.kysely()
        return done(await db.selectFrom('beats').select('who').distinct().orderBy('who').execute())
      }
      if (word === 'plan') return done(await scheduler.list())
    } catch (error) {
      return { success: true, response: error.code + ': ' + error.message }
    }
  }
}
const done = (value) => ({ success: true, response: JSON.stringify(value) })
`

test.each(LEVELS)(
  'a plugin that runs %s has tables of its own and schedules, within limits',
  async (isolation) => {
    const home = await createHome({
      'plugins/keeper.js': KEEPER,
      'config.json': { plugin_host: { plugins: { keeper: { isolation } } } },
      'plugins_config.json': {
        enabled_plugins: { keeper: true },
        grants: { keeper: { database: true, schedule: true } },
      },
    })
    const assistant = await startAssistant(home)
    const driver = await logIn(assistant)
    const ada = await createPerson(driver)
    const say = async (text: string): Promise<string> => (await ask(driver, ada, text)).join()
    expect(await say("note it's 5 o'clock; DROP TABLE notes")).toContain('"changes":1')
    expect(await say('find clock')).toBe('[{"body":"it\'s 5 o\'clock; DROP TABLE notes"}]')
    expect(await say('bomb')).toContain(
      'database-timeout: The tables of plugin keeper took longer than 0.5 s',
    )
    expect(await say("sql ATTACH '/etc/passwd' AS x")).toContain('database-query-failed')
    expect(await say('find clock')).toContain('clock')
    const end = Date.now() + 30_000
    let beats = ''
    while (!beats.includes('tidy') && Date.now() < end) beats = await say('beats')
    expect(beats).toBe('[{"who":"code"},{"who":"tidy"}]')
    expect(await say('plan')).toContain('0 9 1 1 * (Europe/Berlin)')
    await assistant.waitFor(/"nonsense\\?" is not a valid cron expression/)

    const cli = async (...args: string[]): Promise<string> => (await runCommand(home, ...args)).output
    expect(await cli('schedules')).toMatch(/keeper {2}tidy {2}every 1 s {2}next .*\nkeeper {2}yearly/)
    expect(await cli('schedules', 'pause', 'keeper', 'yearly')).toContain('yearly of keeper is paused')
    expect(await cli('schedules')).toMatch(/yearly .* paused/)
    expect(await assistant.stop()).toBe(0)
    expect(assistant.output()).not.toMatch(/UNIQUE constraint/)

    const again = await startAssistant(home)
    const session = await logIn(again)
    const bob = await createPerson(session)
    expect((await ask(session, bob, 'find clock')).join()).toContain('clock')
    expect(await again.stop()).toBe(0)
  },
)
