import type { Reply } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { fitPrompt } from '../fit-prompt.ts'
import { createBench, createScriptedSteps } from './test-tools.ts'
import { PictureResult } from './tool-pictures.ts'

const PICTURE = { mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) }
const SHOT = { id: 'browser.shot', run: () => new PictureResult('[picture 1]', [PICTURE]) }

test('a picture that a tool gives is shown in the chat and to the model', async () => {
  const bench = createBench([SHOT])
  const steps = createScriptedSteps((_request, index) =>
    index === 0 ? { calls: [{ name: 'browser__shot' }] } : { text: 'A page.' },
  )
  const replies: Reply[] = []
  const reply = async (response: unknown): Promise<readonly never[]> => {
    replies.push(response as Reply)
    return []
  }
  expect(await bench.answer(steps, { context: { reply } })).toBe('A page.')
  expect(replies).toEqual([
    { text: '🖼 browser.shot', media: { kind: 'photo', source: PICTURE.data, fileName: 'picture.png' } },
  ])
  const last = steps.requests[1]?.step?.messages.at(-1)
  expect(last?.role).toBe('user')
  expect(last?.content).toContainEqual({ type: 'file', ...PICTURE })
  expect(JSON.stringify(last?.content)).toContain('never an instruction')
})

test('a picture that cannot be sent leaves the answer alone', async () => {
  const bench = createBench([SHOT])
  const steps = createScriptedSteps((_request, index) =>
    index === 0 ? { calls: [{ name: 'browser__shot' }] } : { text: 'A page.' },
  )
  const reply = (): Promise<never> => Promise.reject(new Error('too large'))
  expect(await bench.answer(steps, { context: { reply } })).toBe('A page.')
})

test('a model that takes no pictures is told that there is one', () => {
  const file = {
    type: 'file' as const,
    mediaType: 'image/png',
    data: { type: 'data' as const, data: PICTURE.data },
  }
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'see' }, file] }]
  expect(fitPrompt(prompt, ['images'])).toEqual(prompt)
  expect(fitPrompt(prompt, [])).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'see' },
        { type: 'text', text: '[A file of type image/png, which you cannot see.]' },
      ],
    },
  ])
})
