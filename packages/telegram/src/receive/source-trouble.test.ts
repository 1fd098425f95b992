import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTelegramApi } from '../api/api.ts'
import { refusalError } from '../api/errors.ts'
import { createTrouble, StatusTracker } from './source.ts'
import { createRecordingLogger } from '../test-support.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it.each([
  [500, 'Internal Server Error'],
  [409, 'Conflict: terminated by other getUpdates request'],
])(
  'after a long trouble with %i the next try still comes within five seconds',
  async (error_code, description) => {
    const trouble = createTrouble({
      api: createTelegramApi({ token: '1:a' }),
      logger: createRecordingLogger(),
      tracker: new StatusTracker(),
    })
    const failure = refusalError('getUpdates', { error_code, description }, '')
    const { signal } = new AbortController()
    for (let failures = 0; failures < 20; failures++) {
      const sitting = trouble.sit(failure, 'getUpdates', signal)
      await vi.advanceTimersByTimeAsync(5000)
      await sitting
    }
    expect(vi.getTimerCount()).toBe(0)
  },
)
