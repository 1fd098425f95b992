import { afterEach, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const COUNTER = `
export default class Counter {
  constructor(config, services) {
    this.greetings = services.metrics.counter('greetings_total', { help: 'Greetings', labels: ['kind'] })
    this.seconds = services.metrics.histogram('lookup_seconds', { help: 'Lookups' })
    this.open = services.metrics.gauge('open', { help: 'Open things' })
    this.services = services
  }
  async processMessage(message) {
    if (message === 'boom') throw new Error('boom')
    if (message === 'grumble') this.services.logger.error('no luck', { err: new Error('still no luck') })
    if (message === 'wrong') return { success: false, error: 'That is wrong.' }
    if (message !== 'hi') return undefined
    this.greetings.inc({ kind: 'short' })
    this.seconds.observe(0.02)
    this.open.set(3)
    this.services.captureException(new Error('handled'))
    return { success: true, response: 'hello' }
  }
}
`

async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text()
}

describe.each(LEVELS)('metrics of a plugin at level %s', (isolation) => {
  test('stand at /metrics, beside what the assistant counts about it', async () => {
    const home = await createHome({
      'plugins/counter.js': COUNTER,
      'plugins_config.json': { enabled_plugins: { counter: true, ai_chatbot: false } },
      'config.json': { plugin_host: { plugins: { counter: { isolation } } } },
    })
    const assistant = await startAssistant(home)
    const driver = await logIn(assistant)
    const ann = await createPerson(driver)
    expect(await ask(driver, ann, 'hi')).toEqual(['hello'])
    for (const message of ['boom', 'boom', 'grumble', 'grumble']) await ask(driver, ann, message)
    expect(await ask(driver, ann, 'wrong')).toEqual(['⚠️ That is wrong.'])
    await expect
      .poll(() => metrics(assistant.url))
      .toContain('plugin_counter_greetings_total{kind="short"} 1')
    const text = await metrics(assistant.url)
    expect(text).toContain('plugin_counter_lookup_seconds_count 1')
    expect(text).toContain('plugin_counter_open 3')
    expect(text).toContain('plugin_requests_total{plugin="counter",outcome="ok"} 1')
    expect(text).toContain('plugin_requests_total{plugin="counter",outcome="error"} 2')
    expect(text).toContain('plugin_requests_total{plugin="counter",outcome="pass"} 2')
    // the message was wrong, the plugin was not
    expect(text).toContain('plugin_requests_total{plugin="counter",outcome="refused"} 1')
    expect(text).toContain('inbox_updates_failed_total 2')
    expect(text).toContain('plugin_exceptions_total{plugin="counter"} 1')
    expect(text).toContain('plugin_up{plugin="counter"} 1')
    expect(text).toMatch(/inbox_updates_accepted_total 6/)
    expect(text).toMatch(/telegram_requests_total\{method="sendMessage",outcome="ok"\} 6/)
    // the same problem is one line, and later a count
    expect(assistant.output().match(/"msg":"plugin failed"/g)).toHaveLength(1)
    expect(assistant.output().match(/"msg":"no luck"/g)).toHaveLength(1)
    await assistant.stop()
  })
})

test('metrics are for this machine, for a session and for the password, and for nobody else', async () => {
  const home = await createHome({ '.env': 'PLUGGRAM_PASSWORD=a long password\n' })
  const assistant = await startAssistant(home)
  const { cookie } = await logIn(assistant)
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${assistant.url}/metrics`, { headers })).status
  const basic = (password: string): string => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`
  expect(await status({})).toBe(200)
  expect(await status(forwarded)).toBe(401)
  expect(await status({ ...forwarded, cookie })).toBe(200)
  expect(await status({ ...forwarded, authorization: basic('a long password') })).toBe(200)
  expect(await status({ ...forwarded, authorization: basic('wrong') })).toBe(401)
  await assistant.stop()
})
