import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isLong } from '@pluggram/testing/long'
import { afterEach, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'
import { prometheusProblem, startPrometheus } from './support/prometheus.ts'
import type { RunningPrometheus } from './support/prometheus.ts'

const FOLDER = join(ROOT, 'deploy/prometheus')

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

describe.skipIf(prometheusProblem !== undefined)('the alert rules, by promtool', () => {
  test.skipIf(isLong)('each fires on its fault, not before it, and is over afterwards', async () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'alerts.test.yml'], {
      cwd: FOLDER,
      encoding: 'utf8',
    })
    expect(`${stdout}${stderr}`).toMatch(/SUCCESS/)
    expect(status).toBe(0)
  })

  test.skipIf(isLong)('the configuration is one that Prometheus takes', () => {
    const { stdout, stderr } = spawnSync('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], {
      cwd: FOLDER,
      encoding: 'utf8',
    })
    expect(`${stdout}${stderr}`).toMatch(/SUCCESS.+syntax/)
  })
})

/** Does what there are metrics for, on request; the last one is its end. */
const TRIAL = `
export default class Trial {
  constructor(config, services) { this.services = services }
  async processMessage(message) {
    if (message === 'fetch') await this.services.http.fetch('https://example.com/').catch(() => {})
    if (message === 'report') this.services.captureException(new Error('handled'))
    if (message === 'crash') process.exit(3)
    return message === 'fetch' || message === 'report' ? { success: true, response: 'done' } : undefined
  }
}
`

/** Waits until it says `state`, or for `over` that it says nothing any more. */
async function waitForAlert(
  prometheus: RunningPrometheus,
  name: string,
  state: 'pending' | 'firing' | 'over',
): Promise<void> {
  await expect
    .poll(
      async () =>
        (await prometheus.alerts()).find(({ labels }) => labels['alertname'] === name)?.state ?? 'over',
      { interval: 100, timeout: 120_000 },
    )
    .toBe(state)
}

describe.skipIf(prometheusProblem !== undefined || !isLong)('a real Prometheus', () => {
  test('reads a working assistant; every panel shows something, and a fault raises an alert that ends with it', async () => {
    const { url, driver } = await startEmulator()
    const model = await startObedientModel(() => ({ text: 'Hello to you.' }))
    const home = await createHome({
      'plugins/trial.js': TRIAL,
      'plugins_config.json': { enabled_plugins: { trial: true, dice: true } },
      'prices.json': { currency: 'EUR', models: { 'openai-compatible:obedient': { input: 1, output: 2 } } },
      'config.json': {
        access: { mode: 'everyone' },
        backup: { every_hours: 24 },
        ai: {
          budgets: {
            overall: { day: { tokens: 1_000_000 } },
            plugin: { month: { tokens: 1_000_000 } },
          },
        },
      },
    })
    const assistant = await startAssistant(home, {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: url,
      OPENAI_BASE_URL: model.url,
      PLUGGRAM_METRICS_TOKEN: 'a-metrics-token-for-tests',
      PLUGGRAM_BACKUP_PASSPHRASE: 'a passphrase for tests',
    })
    const address = new URL(assistant.url).host
    const alerts = await readFile(join(FOLDER, 'alerts.yml'), 'utf8')
    await using prometheus = await startPrometheus({
      'alerts.yml': alerts.replaceAll(/^( +)for: \d+m$/gm, '$1for: 2s'),
      token: 'a-metrics-token-for-tests',
      'prometheus.yml': (await readFile(join(FOLDER, 'prometheus.yml'), 'utf8'))
        .replaceAll('15s', '1s')
        .replace('/run/secrets/pluggram_metrics_token', 'token')
        .replace('assistant:8080', address),
    })
    const ada = await createPerson(driver)
    // a series shows a rate once it was seen twice
    const talk = async (): Promise<void> => {
      for (const message of ['fetch', 'report', '/roll 2d6', 'Hi there']) await ask(driver, ada, message)
    }
    await talk()

    const dashboard = await readFile(join(ROOT, 'deploy/grafana/pluggram.json'), 'utf8')
    const expressions: string[] = []
    JSON.parse(dashboard, (key, value: unknown) => {
      if (key === 'expr') expressions.push(String(value))
      return value
    })
    expect(expressions.length).toBeGreaterThan(40)
    const empty = async (): Promise<string[]> => {
      const shown = await Promise.all(
        expressions.map(async (expression) => {
          const text = expression.replaceAll('$__rate_interval', '30s').replaceAll('$instance', '.*')
          const values = (await prometheus.query(text)).map(({ value: [, value] }) => Number(value))
          return values.some((value) => !Number.isNaN(value))
        }),
      )
      return expressions.filter((_, index) => shown[index] !== true)
    }
    await expect.poll(async () => (await talk(), empty()), { interval: 1_000, timeout: 120_000 }).toEqual([])

    const rules = async (): Promise<string[]> =>
      (await prometheus.rules())
        .filter(({ health }) => health !== 'ok')
        .map(({ name, lastError }) => `${name} ${lastError}`)
    await expect.poll(rules).toEqual([])
    const loud = (await prometheus.alerts()).map(({ labels }) => labels['alertname'])
    // a new home has no backup, and the disk is what it is
    expect(loud.filter((name) => name !== 'PluggramBackupOld' && name !== 'PluggramDiskLow')).toEqual([])

    // a plugin that crashes three times is parked
    for (let crashes = 1; crashes <= 3; crashes += 1) await ask(driver, ada, 'crash')
    await waitForAlert(prometheus, 'PluggramPluginDown', 'firing')
    expect(await runCommand(home, 'plugins', 'restart', 'trial')).toMatchObject({ code: 0 })
    await waitForAlert(prometheus, 'PluggramPluginDown', 'over')
    const course = 'count_over_time(ALERTS{alertname="PluggramPluginDown",alertstate="pending"}[10m])'
    expect(await prometheus.query(course)).toHaveLength(1)
    await model.close()
    expect(await assistant.stop()).toBe(0)
    await waitForAlert(prometheus, 'PluggramGone', 'firing')
  })
})
