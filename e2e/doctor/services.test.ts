import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { mkdir, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { openSqliteDatabase } from '@pluggram/storage'
import { afterEach, expect, test } from 'vitest'
import { diagnose, doctor } from '../support/doctor.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
  await stopAllPrograms()
  await removeHomes()
})

const TOKEN = '123456789:AAE2E-emulated-token-for-tests-000000'
const KEY = 'sk-Kd83hdHe72hjsHJ3kdl0'
const GROUP = -1_001_234_567_890

/** What a server says to a path; a number is a status. */
type Answers = Readonly<Record<string, object | number>>

/** A server with fixed answers, and everything it was asked. */
async function serve(
  answers: Answers,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(`/bot${TOKEN}`, '').replace(/\?.*$/, '')
    asked.push(path)
    const answer = answers[path] ?? 404
    response.writeHead(typeof answer === 'number' ? answer : 200, {
      'content-type': 'application/json',
      ...headers,
    })
    response.end(JSON.stringify(typeof answer === 'number' ? refusal(answer) : answer))
  })
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const refusal = (code: number): object => ({
  ok: false,
  error_code: code,
  description: `refused with ${code}`,
})
const result = (value: object): object => ({ ok: true, result: value })
const list = (...models: object[]): object => ({ object: 'list', data: models })

const ME = { id: 123_456_789, is_bot: true, first_name: 'Ada', username: 'ada_bot', can_join_groups: true }

async function write(home: string, path: string, content: string | object): Promise<void> {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  await writeFile(join(home, path), text, { mode: 0o600 })
}

/** A database in which nobody owns the bot, and a group wants every message answered. */
async function database(home: string): Promise<DatabaseSync> {
  await mkdir(join(home, 'data'), { mode: 0o700 })
  const opened = openSqliteDatabase(join(home, 'data', 'pluggram.db'))
  opened
    .prepare(`INSERT INTO plugin_store (owner, key, value, written_at) VALUES ('ai_chatbot', ?, ?, 0)`)
    .run(`settings:${GROUP}`, JSON.stringify({ respond: 'always' }))
  return opened
}

test('what Telegram, the models and the clock say against a configuration is found, and goes away', async () => {
  const telegram = await serve(
    {
      '/getMe': result({ ...ME, can_read_all_group_messages: false }),
      '/getWebhookInfo': result({ url: 'https://other.example/hook', pending_update_count: 3 }),
      '/getChat': 403,
      '/getChatMember': result({ status: 'member' }),
    },
    { date: new Date(Date.now() - 600_000).toUTCString() },
  )
  const strict = await serve({ '/v1/models': 401 })
  const other = await serve({ '/v1/models': list({ id: 'llama-4' }, { id: 'qwen-4' }) })
  const small = await serve({ '/v1/models': list({ id: 'tiny', max_model_len: 2_048 }) })
  const provider = (url: string): object => ({ base_url: `${url}/v1`, api_key: KEY })
  const home = await createHome()
  const config = {
    telegram: { bot_token: TOKEN, api_root: telegram.url },
    ai: {
      model: ['strict:gpt', 'other:lama-4', 'small:tiny', 'down:any'],
      providers: {
        strict: provider(strict.url),
        other: provider(other.url),
        small: provider(small.url),
        down: provider('http://127.0.0.1:1'),
      },
    },
    access: { mode: 'everyone', allowed_groups: [GROUP] },
  }
  await write(home, 'config.json', config)
  const opened = await database(home)
  opened.close()

  const before = await diagnose(home)
  expect(before.wrong).toEqual([
    'access.no-owner',
    'exposure.model-for-everyone config.json:33',
    'model.context-small:small:tiny config.json:7',
    'model.key-refused:strict:gpt config.json:7',
    'model.unknown:other:lama-4 config.json:7',
    'model.unreachable:down:any config.json:7',
    `telegram.group-unreachable:${GROUP} config.json:34`,
    'telegram.privacy-mode',
    'telegram.webhook-foreign',
    'time.skew',
  ])
  expect(before.code).toBe(1)
  expect(JSON.stringify(before.findings)).not.toContain(KEY)
  expect(JSON.stringify(before.findings)).not.toContain('AAE2E')
  expect(before.of('model.unknown:other:lama-4').fix).toContain('Did you mean "llama-4"?')
  expect(before.of('model.key-refused:strict:gpt').fix).toContain('ai.providers.strict.api_key')
  expect(before.of('telegram.privacy-mode')).toMatchObject({
    why: expect.stringContaining(`"/respond always" holds in ${GROUP}`),
    fix: expect.stringContaining('/setprivacy'),
  })
  expect(before.of('time.skew').what).toMatch(/^The clock of this machine is (?:59\d|60\d) s fast\.$/)
  // fetching messages would end the poll of an assistant elsewhere
  expect(telegram.asked).not.toContain('/getUpdates')

  // nobody is asked
  const [asked] = [telegram.asked.length]
  expect((await diagnose(home, ['--offline'])).wrong).toEqual([
    'access.no-owner',
    'exposure.model-for-everyone config.json:33',
  ])
  expect(telegram.asked).toHaveLength(asked)

  // each fix was followed
  const good = await serve({
    '/getMe': result({ ...ME, can_read_all_group_messages: true }),
    '/getWebhookInfo': result({ url: '' }),
    '/getChat': result({ id: GROUP }),
  })
  const { model: _model, providers } = config.ai
  await write(home, 'config.json', {
    telegram: { bot_token: TOKEN, api_root: good.url },
    ai: {
      model: 'other:llama-4',
      providers: { other: providers.other },
      budgets: { user: { day: { tokens: 50_000 } } },
    },
    access: { mode: 'everyone', owners: [7], allowed_groups: [GROUP] },
  })
  expect(await doctor(home)).toEqual({ code: 0, output: 'No problems found.\n' })
})

test('a token that is refused, and a webhook that cannot be reached', async () => {
  const refusing = await serve({ '/getMe': 401, '/getWebhookInfo': 401 })
  const home = await createHome()
  await write(home, '.env', `TELEGRAM_BOT_TOKEN=${TOKEN}\n`)
  const refused = await diagnose(home, ['telegram'], { TELEGRAM_API_ROOT: refusing.url })
  expect(refused).toMatchObject({ code: 1, wrong: ['telegram.token-refused .env:1'] })
  expect(refused.of('telegram.token-refused').fix).toContain('@BotFather')

  const url = 'https://ada.example/telegram/webhook'
  const failing = await serve({
    '/getMe': result(ME),
    '/getWebhookInfo': result({
      url,
      pending_update_count: 12,
      last_error_date: Math.floor(Date.now() / 1_000) - 60,
      last_error_message: 'SSL error {certificate verify failed}',
    }),
  })
  const environment = {
    TELEGRAM_API_ROOT: failing.url,
    TELEGRAM_WEBHOOK_URL: url,
    TELEGRAM_WEBHOOK_SECRET: 'Kd83hdHe72hjsHJ3kdl0aQ',
  }
  const webhook = await diagnose(home, ['telegram'], environment)
  expect(webhook).toMatchObject({ code: 1, wrong: ['telegram.webhook-failing environment'] })
  expect(webhook.of('telegram.webhook-failing')).toMatchObject({
    what: 'Telegram cannot deliver messages to ada.example; 12 wait.',
    why: 'Telegram says: SSL error {certificate verify failed}.',
  })

  const down = await diagnose(home, ['telegram'], { TELEGRAM_API_ROOT: 'http://127.0.0.1:1' })
  expect(down).toMatchObject({ code: 1, wrong: ['telegram.unreachable'] })
})

test('what takes longer than its time could not be checked, which is not well', async () => {
  const server = createServer(() => {})
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const home = await createHome()
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: api }
  const { wrong } = await diagnose(home, ['telegram'], environment)
  expect(wrong).toEqual([expect.stringMatching(/^(?:telegram\.unreachable|unchecked:Telegram)$/)])
})
