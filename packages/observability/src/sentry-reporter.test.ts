import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createLogger, createSecretMask } from './index.ts'
import { reportErrors } from './report-errors.ts'
import { createSentryReporter } from './sentry-reporter.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server that accepts envelopes like Sentry. */
async function receiver() {
  const envelopes: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    envelopes.push(body)
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { envelopes, dsn: `http://public@127.0.0.1:${port}/7` }
}

function reporter(dsn: string, secrets: string[] = []) {
  const problems: string[] = []
  const made = createSentryReporter({
    dsn,
    mask: createSecretMask(secrets),
    onProblem: (message) => problems.push(message),
  })
  return { ...made, problems }
}

test('an error arrives with its place and its plugin, and with nothing of users, requests or secrets', async () => {
  const { envelopes, dsn } = await receiver()
  const sentry = reporter(dsn, ['my secret key'])
  const error = new TypeError(
    'lookup with my secret key failed for 700000001:AAE2E-emulated-token-for-tests-000000',
  )
  Object.assign(error, { request: { headers: { authorization: 'Bearer hidden' } } })
  sentry.report(error, { plugin: 'weather', chat: 7, update: 12, step: 'my secret key' })
  await sentry.close(2_000)
  expect(envelopes).toHaveLength(1)
  const [, , body = '{}'] = (envelopes[0] ?? '').split('\n')
  const event = JSON.parse(body) as Record<string, unknown>
  expect(event).toMatchObject({
    level: 'error',
    tags: { plugin: 'weather' },
    extra: { update: 12, step: '[secret]' },
    exception: { values: [{ type: 'TypeError', value: 'lookup with [secret] failed for [secret]' }] },
  })
  expect(JSON.stringify(event)).toContain('sentry-reporter.test.ts')
  expect(envelopes[0]).not.toMatch(/my secret|hidden|server_name|"user"|"request"|breadcrumbs|hostname/)
})

test('nobody can be told from it: no ids of users and chats, no names, no words', async () => {
  const { envelopes, dsn } = await receiver()
  const sentry = reporter(dsn)
  sentry.report(new Error('chat 5000000001 is gone; Ada_Lovelace wrote to -1002000000001'), {
    plugin: 'weather',
    user: { id: 5_000_000_001, username: 'Ada_Lovelace', first_name: 'Ada' },
    chat_id: -1_002_000_000_001,
    message: 815,
    text: 'a private thing',
    details: { body: 'another private thing', status: 503, from: { id: 5_000_000_001 } },
    place: 'user 5000000001, number 50000000012',
  })
  await sentry.close(2_000)
  const [, , body = '{}'] = (envelopes[0] ?? '').split('\n')
  expect(JSON.parse(body)).toMatchObject({
    extra: { message: 815, details: { status: 503 }, place: 'user [id], number 50000000012' },
    exception: { values: [{ value: 'chat [id] is gone; [id] wrote to [id]' }] },
  })
  expect(envelopes[0]).not.toMatch(/5000000001\b|1002000000001|Ada|private/)
})

test('a secret of digits alone is hidden, and the event still arrives', async () => {
  const { envelopes, dsn } = await receiver()
  const sentry = reporter(dsn, ['99887766'])
  sentry.report(new Error('pin 99887766'), { attempts: 99_887_766, step: '99887766' })
  await sentry.close(2_000)
  const [, , body = '{}'] = (envelopes[0] ?? '').split('\n')
  expect(JSON.parse(body)).toMatchObject({
    extra: { step: '[secret]' },
    exception: { values: [{ value: 'pin [secret]' }] },
  })
})

test('a flood of errors is cut', async () => {
  const { envelopes, dsn } = await receiver()
  const sentry = reporter(dsn)
  for (let index = 0; index < 200; index += 1) sentry.report(new Error(`number ${index}`), {})
  await sentry.close(5_000)
  expect(envelopes.length).toBeGreaterThan(0)
  expect(envelopes.length).toBeLessThanOrEqual(120)
})

test('a DSN that is none is told, and harms nothing', async () => {
  const sentry = reporter('nonsense')
  sentry.report(new Error('x'), {})
  await sentry.close(1_000)
  expect(sentry.problems).toEqual([expect.stringContaining('SENTRY_DSN')])
})

test('a logger reports the errors of its lines, with the fields of its parents', () => {
  const reported: [string, unknown][] = []
  const lines: string[] = []
  const logger = reportErrors(
    createLogger({
      level: 'info',
      isPretty: false,
      mask: createSecretMask(),
      write: (line) => lines.push(line),
    }),
    (error, context) => reported.push([error.message, context]),
  )
  logger.child({ plugin: 'dice' }).error('failed', { err: new Error('boom'), chat: 3 })
  logger.error('no error object', { reason: 'x' })
  logger.warn('only a warning', { err: new Error('soft') })
  expect(reported).toEqual([['boom', { plugin: 'dice', chat: 3 }]])
  expect(lines).toHaveLength(3)
})
