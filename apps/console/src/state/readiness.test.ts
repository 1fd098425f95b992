import { expect, it } from 'vitest'
import { readinessNotice } from './readiness.ts'

const ready = (components: object = {}): object => ({ status: 'ready', components })
const unready = (components: object = {}): object => ({ status: 'not-ready', components })

it('says nothing while all is well, or only a plugin is broken', () => {
  expect(readinessNotice(ready())).toBeUndefined()
  expect(readinessNotice({ status: 'ready' })).toBeUndefined()
  expect(
    readinessNotice(ready({ plugins: { status: 'degraded' }, models: { status: 'ok' } })),
  ).toBeUndefined()
})

it.each([
  [undefined, /has stopped/, 'broken'],
  ['<html>502</html>', /has stopped/, 'broken'],
  [unready({ storage: { status: 'failed', reason: 'database or disk is full' } }), /disk is full/, 'broken'],
  [unready({ storage: { status: 'failed', reason: 'ENOSPC: no space left' } }), /disk is full/, 'broken'],
  [
    unready({ schedules: { status: 'failed', reason: 'database or disk is full' } }),
    /disk is full/,
    'broken',
  ],
  [
    unready({ storage: { status: 'failed', reason: 'database is locked.' } }),
    /cannot be saved \(database is locked\)\. They/,
    'broken',
  ],
  [
    {
      ...unready({ receiving: { status: 'failed', lastError: 'x' } }),
      summary: 'Not receiving: Telegram has not answered for 40 s. Retrying.',
    },
    /^Not receiving: Telegram has not answered for 40 s\. Retrying\.$/,
    'broken',
  ],
  [unready(), /is starting/, 'waiting'],
  [unready({ telegram: { status: 'starting' } }), /is starting/, 'waiting'],
  [
    unready({ telegram: { status: 'failed', lastError: 'refused' } }),
    /telegram failed \(refused\)/,
    'broken',
  ],
  [
    ready({ models: { status: 'degraded', problems: ['The key is refused.'] } }),
    /language model has a problem: The key is refused/,
    'broken',
  ],
  [
    unready({
      models: { status: 'degraded', problems: ['x'] },
      storage: { status: 'failed', reason: 'disk is full' },
    }),
    /disk is full/,
    'broken',
  ],
])('tells what keeps the assistant from answering: %j', (report, text, tone) => {
  expect(readinessNotice(report)).toEqual({ text: expect.stringMatching(text), tone })
})
