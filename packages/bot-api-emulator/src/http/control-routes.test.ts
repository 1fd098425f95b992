import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBotApiEmulator } from '../create-bot-api-emulator.ts'
import type { BotApiEmulator } from '../emulator.ts'
import { botApiClient } from '../testing/bot-api-client.ts'

let emulator: BotApiEmulator
let call: ReturnType<typeof botApiClient>

beforeEach(async () => {
  emulator = await createBotApiEmulator()
  call = botApiClient(emulator)
})

afterEach(async () => {
  await emulator.close()
})

async function send(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${emulator.url}/emulator${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** `fetch` always sets Host itself, so this uses a plain client. */
function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${emulator.url}/emulator/state`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('faults over HTTP', () => {
  it('are armed, counted and cleared', async () => {
    expect(
      await send('POST', '/faults', { kind: 'too-many-requests', retryAfter: 3, times: 2, method: 'getMe' }),
    ).toEqual({ status: 200, body: { remaining: 2 } })
    expect(await call('getMe')).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } })
    expect((await send('GET', '/faults')).body).toEqual({ remaining: 1 })
    expect((await send('DELETE', '/faults')).status).toBe(204)
    expect(await call('getMe')).toMatchObject({ ok: true })
  })

  it.each([
    [{ kind: 'nonsense' }],
    [{ kind: 'delay' }],
    [{ kind: 'server-error', status: 200 }],
    [{ kind: 'conflict', times: 0 }],
    [{ kind: 'conflict', method: [1] }],
  ])('refuse %j', async (fault) => {
    expect(await send('POST', '/faults', fault)).toMatchObject({
      status: 400,
      body: { error: { code: 'body-invalid' } },
    })
    expect(emulator.faults.remaining).toBe(0)
  })
})

describe('control over HTTP', () => {
  it('blocks, migrates, jumps and redelivers', async () => {
    const ada = emulator.driver.createUser({ firstName: 'Ada' }).id
    const group = emulator.driver.createChat({ type: 'group', title: 'T', memberIds: [ada] }).id
    await send('POST', '/control/block-bot', { userId: ada })
    expect(await call('sendMessage', { chat_id: ada, text: 'x' })).toMatchObject({ error_code: 403 })
    expect((await send('POST', '/control/unblock-bot', { userId: ada })).status).toBe(204)
    const { body } = await send('POST', '/control/migrate-group', { chatId: group })
    expect(body).toEqual({ chatId: expect.any(Number) })
    expect(await send('POST', '/control/migrate-group', { chatId: group })).toMatchObject({ status: 409 })
    expect((await send('POST', '/control/jump-update-ids', { by: 100 })).status).toBe(204)
    const raw = await send('POST', '/control/raw-update', { future: {} })
    expect(raw.body).toEqual({ updateId: expect.any(Number) })
    const { updateId } = raw.body as { updateId: number }
    expect((await call('getUpdates', { offset: updateId + 1 })).result).toEqual([])
    await send('POST', '/control/redeliver', { updateId })
    expect((await call('getUpdates', { offset: updateId + 1 })).result).toEqual([
      { update_id: updateId, future: {} },
    ])
    expect(await send('POST', '/control/redeliver', { updateId: 1 })).toMatchObject({ status: 404 })
  })

  it('lists calls', async () => {
    await call('getMe')
    expect((await send('GET', '/calls')).body).toMatchObject({ calls: [{ method: 'getMe', status: 200 }] })
    await send('DELETE', '/calls')
    expect(emulator.calls()).toEqual([])
  })
})

describe('routes that drive the emulator', () => {
  it('refuse pages of other sites and foreign host names', async () => {
    const { host } = new URL(emulator.url)
    expect(await statusWith({})).toBe(200)
    expect(await statusWith({ origin: emulator.url })).toBe(200)
    expect(await statusWith({ origin: 'https://evil.example' })).toBe(403)
    expect(await statusWith({ origin: 'null' })).toBe(403)
    expect(await statusWith({ host: 'evil.example' })).toBe(403)
    expect(await statusWith({ host: `${host}.evil.example` })).toBe(403)
    expect(await statusWith({ origin: 'http://127.0.0.1:1' })).toBe(403)
  })

  it('can be left out', async () => {
    const bare = await createBotApiEmulator({ driverRoutes: false })
    try {
      expect((await fetch(`${bare.url}/emulator/state`)).status).toBe(404)
    } finally {
      await bare.close()
    }
  })
})
