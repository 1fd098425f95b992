import { AiError } from '@pluggram/sdk'
import { afterEach, expect, test } from 'vitest'
import { createModelProbe, ModelProbe } from './model-probe.ts'
import { ModelProblems } from './model-problems.ts'
import { ModelWaits } from './model-waits.ts'
import { SILENT_LOGGER } from './test-doubles.ts'
import { startLoopbackServer } from './test-server.ts'

const probes: ModelProbe[] = []
afterEach(async () => {
  await Promise.all(probes.splice(0).map((probe) => probe.stop()))
})

test('nothing is asked while all is well; a suspect is asked until it is back', async () => {
  let [asked, isThere] = [0, false]
  const suspects: string[] = []
  const events: string[] = []
  const probe = new ModelProbe({
    everyMs: 5,
    logger: SILENT_LOGGER,
    suspects: () => suspects,
    ask: async () => {
      asked += 1
      return isThere ? undefined : 'connect ECONNREFUSED.'
    },
    onUnreachable: () => void (suspects.length = 0),
    onReachable: (model) => void events.push(model),
  })
  probes.push(probe)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(asked).toBe(0)
  suspects.push('far:m')
  // it is asked again though nobody suspects it any more
  await expect.poll(() => asked).toBeGreaterThan(3)
  expect(probe.list()).toEqual(['far:m cannot be reached: connect ECONNREFUSED.'])
  expect(probe.list(['far:m does not answer; 3 requests wait for it.'])).toEqual([])
  isThere = true
  await expect.poll(() => events).toEqual(['far:m'])
  expect(probe.list()).toEqual([])
})

test('a model whose server is gone is down seconds after one failed request, and up when the server is back', async () => {
  let isThere = false
  await using server = await startLoopbackServer((_request, response) => {
    response.writeHead(isThere ? 200 : 502, { 'content-type': 'application/json' })
    response.end(isThere ? '{"data":[{"id":"m"}]}' : 'Bad Gateway')
  })
  const problems = new ModelProblems(SILENT_LOGGER)
  const probe = createModelProbe({
    problems,
    waits: new ModelWaits(1_000),
    latest: {
      settings: { model: 'far:m', providers: { far: { baseUrl: `${server.baseUrl}` } } },
      environment: {},
    },
    ownPort: undefined,
    logger: SILENT_LOGGER,
  })
  probes.push(probe)
  problems.failed('far:m', new AiError('ai-unavailable', 'It answers 502.'))
  expect(problems.down()).toEqual([])
  await expect.poll(() => problems.down(), { timeout: 15_000 }).toMatchObject([{ model: 'far:m' }])
  expect(probe.list()).toEqual([expect.stringContaining('502')])
  isThere = true
  await expect.poll(() => problems.down(), { timeout: 15_000 }).toEqual([])
  expect(probe.list()).toEqual([])
}, 40_000)
