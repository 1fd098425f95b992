import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLogger, createSecretMask } from './index.ts'

const TOKEN = '123456789:AAHfakefakefakefakefakefakefakefake'

function recordingLogger(options: { isPretty?: boolean; level?: 'info' | 'debug'; secrets?: string[] } = {}) {
  const lines: string[] = []
  const logger = createLogger({
    level: options.level ?? 'info',
    isPretty: options.isPretty ?? false,
    mask: createSecretMask(options.secrets),
    write: (line) => lines.push(line),
  })
  return { logger, lines }
}

describe('the logger', () => {
  test('writes one JSON object a line, with the fields of its parents', () => {
    const { logger, lines } = recordingLogger()
    logger.child({ plugin: 'dice' }).info('rolled', { chat: 7 })
    logger.debug('too fine')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      plugin: 'dice',
      chat: 7,
      msg: 'rolled',
    })
  })

  test('writes plain lines for people when asked', () => {
    const { logger, lines } = recordingLogger({ isPretty: true })
    logger.warn('careful', { chat: 7 })
    expect(lines.join('')).toMatch(/careful.*"?chat"?/s)
  })

  test('shows of an error its name and message, not its other members', () => {
    const { logger, lines } = recordingLogger()
    const error = Object.assign(new Error('refused'), {
      request: { headers: { authorization: 'Bearer abc' } },
    })
    logger.error('call failed', { err: error })
    expect(lines[0]).toContain('refused')
    expect(lines[0]).not.toContain('Bearer')
  })

  test.each([true, false])('never shows a secret, wherever it stands (pretty: %s)', (isPretty) => {
    const { logger, lines } = recordingLogger({ isPretty, level: 'debug', secrets: ['p"ss\\word 1'] })
    const error = new Error(`fetch https://api.telegram.org/bot${TOKEN}/getMe failed`, {
      cause: new Error(TOKEN),
    })
    logger.error(`token ${TOKEN}`, {
      err: error,
      nested: { key: 'p"ss\\word 1', url: encodeURIComponent('p"ss\\word 1') },
    })
    const output = lines.join('')
    expect(output).toContain('[secret]')
    expect(output).not.toContain(TOKEN)
    expect(output).not.toMatch(/ss\\+word|ss%5Cword/)
  })
})

test('the mask hides every known value in any text', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!'[secret]'.includes(secret) && !secret.includes('[secret]'))
      const masked = createSecretMask([secret]).apply(`${before}${secret}${after}`)
      expect(masked.split('[secret]').join('').length).toBeLessThanOrEqual(before.length + after.length)
    }),
  )
})
