import { AiError } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { ModelProblems } from './model-problems.ts'
import { SILENT_LOGGER } from './test-doubles.ts'

test('a model is down after three failures in a row over some seconds, and no longer once it answers', () => {
  let now = 0
  const problems = new ModelProblems(SILENT_LOGGER, () => now)
  const fail = (code: 'ai-unavailable' | 'ai-refused'): void =>
    problems.failed('a:b', new AiError(code, 'It answers 503.'))
  // one question that hits three retries at once is no outage
  for (let time = 0; time < 3; time += 1) fail('ai-unavailable')
  expect(problems.down()).toEqual([])
  now = 6_000
  expect(problems.down()).toEqual([])
  fail('ai-unavailable')
  expect(problems.down()).toEqual([{ model: 'a:b', why: 'It answers 503.', isMisconfigured: false }])
  problems.worked('a:b')
  expect(problems.down()).toEqual([])
  // the fault of one question
  for (let time = 0; time < 9; time += 1) fail('ai-refused')
  now = 60_000
  expect(problems.down()).toEqual([])
})
