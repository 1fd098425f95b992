import { expect } from 'vitest'
import { createBotApiEmulator } from '../create-bot-api-emulator.ts'
import type { BotApiEmulator } from '../emulator.ts'
import { Validator } from '../validator.ts'
import { TINY_PNG, botApiClient } from './bot-api-client.ts'

type BotApiClient = ReturnType<typeof botApiClient>
type BotApiAnswer = Awaited<ReturnType<BotApiClient>>

/**
 * An emulator with a person and a group for tests of methods. Every result is validated against its
 * schema.
 */
export interface MethodStage {
  readonly emulator: BotApiEmulator
  readonly call: BotApiClient
  readonly chatId: number
  readonly groupId: number
  /** The error code and description of a call that must fail. */
  refusal(method: string, params: object): Promise<string>
  /** The result of a call that must succeed. */
  result(method: string, params?: object): Promise<BotApiAnswer['result']>
  upload(
    method: string,
    fields: Readonly<Record<string, string>>,
    files: Readonly<Record<string, Blob>>,
  ): Promise<BotApiAnswer>
}

const validator = new Validator()

export async function openMethodStage(): Promise<MethodStage> {
  const emulator = await createBotApiEmulator()
  const call = botApiClient(emulator)
  const ada = emulator.driver.createUser({ firstName: 'Ada', lastName: 'L', username: 'ada_l' })
  const group = emulator.driver.createChat({ type: 'group', title: 'Team', memberIds: [ada.id] })
  return {
    emulator,
    call,
    chatId: ada.id,
    groupId: group.id,
    async refusal(method, params) {
      const answer = await call(method, params)
      expect(answer).toMatchObject({ ok: false, error_code: expect.any(Number) })
      return `${answer.error_code} ${answer.description}`
    },
    async result(method, params = {}) {
      const answer = await call(method, params)
      expect(answer).toMatchObject({ ok: true })
      expect(validator.resultProblem(method, answer.result)).toBeUndefined()
      return answer.result
    },
    async upload(method, fields, files) {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, value)
      for (const [name, blob] of Object.entries(files)) form.set(name, blob, `${name}.png`)
      const url = `${emulator.url}/bot${emulator.token}/${method}`
      const response = await fetch(url, { method: 'POST', body: form })
      const answer = (await response.json()) as BotApiAnswer
      expect(answer.ok ? validator.resultProblem(method, answer.result) : undefined).toBeUndefined()
      return answer
    },
  }
}

export const png = (): Blob => new Blob([TINY_PNG], { type: 'image/png' })
