import { AiError } from '@pluggram/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLogger, createSecretMask } from './index.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const MINUTE = 60_000

function start(level: 'info' | 'debug' = 'info') {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger({
    level,
    isPretty: false,
    mask: createSecretMask(),
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  })
  return { logger, lines }
}

describe('the same problem', () => {
  test('is logged once, then every ten minutes with a count, and is new again when it was over', () => {
    const { logger, lines } = start()
    const fail = (chat: number): void => logger.error('plugin failed', { chat, err: new Error('no disk') })
    for (const chat of [1, 2, 3]) fail(chat)
    expect(lines).toHaveLength(1)
    vi.advanceTimersByTime(10 * MINUTE)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatchObject({ msg: 'plugin failed', level: 'error', chat: 3, repeated: 2 })
    fail(4)
    vi.advanceTimersByTime(10 * MINUTE)
    expect(lines[2]).toMatchObject({ chat: 4, repeated: 1 })
    vi.advanceTimersByTime(20 * MINUTE)
    expect(lines).toHaveLength(3)
    fail(5)
    expect(lines[3]).toMatchObject({ chat: 5 })
    expect(lines[3]).not.toHaveProperty('repeated')
  })

  test('is the same line about the same thing with the same error', () => {
    const { logger, lines } = start()
    const dice = logger.child({ plugin: 'dice' })
    logger.warn('slow')
    logger.error('slow')
    dice.warn('slow')
    logger.child({ plugin: 'feeds' }).warn('slow')
    dice.warn('slow', { err: new Error('a') })
    dice.warn('slow', { err: new Error('b') })
    dice.warn('slow', { model: 'x' })
    dice.warn('slower')
    expect(lines).toHaveLength(8)
    dice.warn('slow', { chat: 7, seconds: 0.3, err: new Error('b') })
    expect(lines).toHaveLength(8)
  })

  test('is counted for the rest when very many others come', () => {
    const { logger, lines } = start()
    logger.error('first')
    logger.error('first')
    for (let number = 0; number < 1_000; number++) logger.error(`problem ${number}`)
    expect(lines).toHaveLength(1_002)
    expect(lines.filter(({ msg }) => msg === 'first')).toMatchObject([{}, { repeated: 1 }])
    expect(vi.getTimerCount()).toBeLessThanOrEqual(200)
  })

  test('is not held back from who debugs, nor where each line is about another loss', () => {
    const debug = start('debug')
    debug.logger.error('plugin failed')
    debug.logger.error('plugin failed')
    expect(debug.lines).toHaveLength(2)
    const { logger, lines } = start()
    logger.error('update parked', { update: 1 })
    logger.error('update parked', { update: 2 })
    expect(lines).toHaveLength(2)
    const everyTime = logger.child({ plugin: 'dice' }).everyTime()
    everyTime.error('plugin failed')
    everyTime.error('plugin failed')
    expect(lines.slice(2)).toMatchObject([{ plugin: 'dice' }, { plugin: 'dice' }])
  })
})

describe('a fault of a model', () => {
  const fault = (): AiError => new AiError('ai-unavailable', 'm at x broke off its answer.')

  test('is one line, whoever logs it, and its stack is for who debugs', () => {
    const { logger, lines } = start()
    logger.warn('the language model failed', { err: fault() })
    logger.child({ plugin: 'ai_chatbot' }).error('an answer broke off', { err: fault() })
    expect(lines).toMatchObject([{ level: 'warn', err: { code: 'ai-unavailable' } }])
    expect(lines[0]).not.toHaveProperty('err.stack')
    vi.advanceTimersByTime(10 * MINUTE)
    expect(lines).toHaveLength(1)
    const debug = start('debug')
    debug.logger.error('an answer broke off', { err: fault() })
    expect(debug.lines).toMatchObject([{ level: 'warn', err: { stack: expect.any(String) } }])
  })

  test('a used-up budget is no error, an unknown error keeps its stack', () => {
    const { logger, lines } = start()
    logger.error('plugin failed', { err: new AiError('ai-limit', 'Used up.') })
    logger.error('plugin failed', { err: new AiError('ai-misconfigured', 'The key is wrong.') })
    logger.error('plugin failed', { err: new TypeError('x is not a function') })
    expect(lines).toMatchObject([
      { level: 'info' },
      { level: 'error' },
      { level: 'error', err: { stack: expect.any(String) } },
    ])
  })
})
