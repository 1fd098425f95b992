import { describe, expect, test } from 'vitest'
import { createBench, createMapStore, createScriptedSteps, lastResults } from './test-tools.ts'
import type { TestBench } from './test-tools.ts'

const SEND = { id: 'mail.send', effect: 'external', run: () => 'sent to ann@example.org' } as const
const ARGS = { to: 'ann@example.org', text: 'hello\u200B\u202E' }

function callsMail(args: unknown = ARGS): ReturnType<typeof createScriptedSteps> {
  return createScriptedSteps((request, index) =>
    index === 0 ? { calls: [{ name: 'mail__send', args }] } : { text: lastResults(request)[0] ?? 'none' },
  )
}

function callsMade(bench: TestBench): unknown[] {
  return bench.registry.calls.map(({ args }) => args)
}

describe('a call with an effect outside of the chat', () => {
  test('waits until whoever asked approves it, with its exact arguments shown', async () => {
    const bench = createBench([SEND])
    expect(await bench.answer(callsMail())).toContain('a person is asked to approve it')
    expect(callsMade(bench)).toEqual([])
    const [question] = bench.questions
    expect(question?.chat.id).toBe(7)
    expect(question?.reply.text).toContain('Ann, may I do this? “send” (Mail)')
    // hidden characters are escaped
    expect(question?.reply.text).toContain('to: ann@example.org\ntext: "hello\\u{200b}\\u{202e}"')
    const [entity] = question?.reply.entities ?? []
    expect(String(question?.reply.text).slice(entity?.offset).startsWith('to: ')).toBe(true)
    expect(question?.reply.buttons?.flat().map(({ text }) => text)).toEqual([
      '✅ Allow once',
      '♾ Always here',
      '❌ No',
    ])

    const edits: unknown[] = []
    const result = await bench.press('Allow once', {
      reply: async (response) => {
        edits.push(response)
        return []
      },
    })
    expect(callsMade(bench)).toEqual([ARGS])
    expect(edits).toMatchObject([{ editMessageId: 40, text: expect.stringContaining('Allowed once by Ann') }])
    expect(edits[0]).not.toHaveProperty('buttons')
    expect(result).toEqual({ success: true, response: '✅ Done: “send” (Mail)\n\nsent to ann@example.org' })
  })

  test('tells the conversation what came of it, once and as data', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    await bench.press('Allow once')
    const steps = createScriptedSteps(() => ({ text: 'fine' }))
    await bench.answer(steps, { text: 'and?', history: ['send it', 'ok'] })
    expect(steps.requests[0]?.messages.at(-1)?.content).toMatch(
      /^\[Meanwhile a person approved the call mail\.send\(\{"to".*\}\); it is done and gave:\]\n<data-.*\nsent to ann@example\.org\n<\/data-.*>\n\nand\?$/,
    )
    await bench.answer(steps, { text: 'and now?', history: ['send it', 'ok'] })
    expect(steps.requests[1]?.messages.at(-1)?.content).toBe('and now?')
  })

  test('runs once, however often it is approved', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    const results = await Promise.all([
      bench.press('Allow once'),
      bench.press('Allow once'),
      bench.press('No'),
    ])
    expect(callsMade(bench)).toEqual([ARGS])
    expect(results.filter((result) => (result as { success: boolean }).success)).toHaveLength(1)
  })

  test.each([
    ['Allow once', 'sent to ann@example.org'],
    ['No', 'mail.send was not called: a person refused it.'],
  ] as const)(
    'is not asked for again when the answer is tried again after %s; the model reads what was decided',
    async (button, text) => {
      const bench = createBench([SEND])
      await bench.answer(callsMail())
      await bench.press(button)
      const calls = callsMade(bench).length
      expect(await bench.answer(callsMail(), { context: { attempt: 2 } })).toContain(text)
      expect(bench.questions).toHaveLength(1)
      expect(callsMade(bench)).toHaveLength(calls)
      // another message is another answer
      await bench.answer(callsMail(), { context: { idempotencyKey: '2:ai_chatbot' } })
      expect(bench.questions).toHaveLength(2)
    },
  )

  test('that is being made is not asked for again either', async () => {
    const running = Promise.withResolvers<string>()
    const bench = createBench([{ ...SEND, run: () => running.promise }])
    await bench.answer(callsMail())
    const press = bench.press('Allow once')
    await expect.poll(() => callsMade(bench)).toHaveLength(1)
    expect(await bench.answer(callsMail(), { context: { attempt: 2 } })).toContain('is being called already')
    running.resolve('sent')
    await press
    expect(bench.questions).toHaveLength(1)
  })

  test('does not run when it is refused, nor afterwards', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    expect(await bench.press('No')).toMatchObject({
      success: true,
      response: { editMessageId: 40, text: expect.stringContaining('Ann said no') },
    })
    expect(await bench.press('Allow once')).toMatchObject({ success: false })
    expect(callsMade(bench)).toEqual([])
  })

  test('is approved only by whoever asked or an owner', async () => {
    const bench = createBench([SEND])
    const chat = { id: -5, type: 'group' } as const
    await bench.answer(callsMail(), { context: { chat } })
    const bob = { id: 8, firstName: 'Bob', isBot: false }
    expect(await bench.press('Allow once', { chat, user: bob })).toEqual({
      success: false,
      error: 'Only Ann or the owner can decide that.',
    })
    expect(await bench.press('Allow once', { chat, user: bob, role: 'trusted' })).toMatchObject({
      success: false,
    })
    // a button that was copied to another chat
    expect(await bench.press('Allow once', { chat: { id: 9, type: 'private' } })).toMatchObject({
      success: false,
    })
    expect(callsMade(bench)).toEqual([])
    await bench.press('Allow once', { chat, user: bob, role: 'owner' })
    expect(bench.registry.calls).toMatchObject([{ context: { user: { id: 7, firstName: 'Ann' } } }])
  })

  test('cannot be approved by a person who has lost the role, and can when the role is back', async () => {
    const bench = createBench([{ ...SEND, role: 'trusted' }])
    await bench.answer(callsMail(), { context: { role: 'trusted' } })
    expect(await bench.press('Allow once', { role: 'everyone' })).toEqual({
      success: false,
      error: 'Only the owner and trusted people can do that.',
    })
    expect(callsMade(bench)).toEqual([])
    expect(await bench.press('Allow once', { role: 'trusted' })).toMatchObject({ success: true })
    expect(callsMade(bench)).toEqual([ARGS])
  })

  test('cannot be approved when its time is over', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    bench.now += 600_000
    expect(await bench.press('Allow once')).toMatchObject({
      response: { text: expect.stringContaining('Too late') },
    })
    expect(callsMade(bench)).toEqual([])
  })

  test('is approved with these arguments and no others', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    const first = bench.questions[0]
    await bench.answer(callsMail({ to: 'eve@example.org', text: 'hello' }))
    // changed arguments need another approval; the first one is still for the first arguments
    expect(bench.questions).toHaveLength(2)
    const buttons = (reply = first?.reply): string[] =>
      (reply?.buttons?.flat() ?? []).flatMap((button) => ('data' in button ? [button.data] : []))
    const [yesFirst = '', yesSecond = ''] = [buttons()[0], buttons(bench.questions[1]?.reply)[0]]
    const mixed = `${yesFirst.slice(0, yesFirst.lastIndexOf(':'))}${yesSecond.slice(yesSecond.lastIndexOf(':'))}`
    bench.questions.push({
      chat: { id: 7, type: 'private' },
      reply: { buttons: [[{ text: 'Allow once', data: mixed }]] },
    })
    expect(await bench.press('Allow once')).toMatchObject({ success: false })
    expect(callsMade(bench)).toEqual([])
  })

  test('cannot be approved after the tool was changed', async () => {
    const store = createMapStore()
    const before = createBench([SEND], { store })
    await before.answer(callsMail())
    const after = createBench([{ ...SEND, role: 'trusted' }], { store })
    after.questions.push(...before.questions)
    expect(await after.press('Allow once')).toMatchObject({
      response: { text: expect.stringContaining('has changed') },
    })
    expect(callsMade(after)).toEqual([])
  })

  test('can be approved after a restart, and is not repeated when the end of the program interrupted it', async () => {
    const store = createMapStore()
    const before = createBench([SEND], { store })
    await before.answer(callsMail())
    let started = (): void => {}
    const running = new Promise<void>((resolve) => (started = resolve))
    const during = createBench(
      [
        {
          ...SEND,
          run: () => {
            started()
            return new Promise(() => {})
          },
        },
      ],
      { store },
    )
    during.questions.push(...before.questions)
    const end = new AbortController()
    const interrupted = during.press('Allow once', { signal: end.signal })
    await running
    end.abort(new Error('the program ends'))
    await expect(interrupted).rejects.toThrow('the program ends')
    const after = createBench([SEND], { store })
    after.questions.push(...before.questions)
    expect(await after.press('Allow once', { attempt: 2 })).toMatchObject({
      response: expect.stringContaining("don't know how it ended"),
    })
    expect(callsMade(after)).toEqual([])
  })

  test('a result that was not shown before the end of the program is shown afterwards', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    await bench.press('Allow once')
    expect(await bench.press('Allow once', { attempt: 2 })).toMatchObject({
      success: true,
      response: expect.stringContaining('✅ Done: “send” (Mail)'),
    })
    expect(callsMade(bench)).toHaveLength(1)
  })

  test('the same call is asked about once, and no more than five wait in a chat', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail())
    expect(await bench.answer(callsMail())).toContain("waits for a person's approval already")
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) await bench.answer(callsMail({ text }))
    expect(bench.questions).toHaveLength(5)
  })

  test('is not asked about when a person could not read it, or nobody could say who asked', async () => {
    const bench = createBench([SEND])
    expect(await bench.answer(callsMail({ text: 'x'.repeat(4_000) }))).toContain('too long to be shown')
    const anonymous = {
      chat: { id: -5, type: 'group' },
      user: { id: -5, firstName: 'Team', isBot: false },
    } as const
    expect(await bench.answer(callsMail(), { context: anonymous })).toContain('not known who asked')
    expect(bench.questions).toEqual([])
  })

  test('runs at once when the owner granted the tool', async () => {
    for (const granted of [['mail.send'], ['mail.*']]) {
      const bench = createBench([SEND], { settings: { granted } })
      await bench.answer(callsMail())
      expect(callsMade(bench)).toEqual([ARGS])
      expect(bench.questions).toEqual([])
    }
    const other = createBench([SEND], { settings: { granted: ['mail.sender', 'mail', '*'] } })
    await other.answer(callsMail())
    expect(callsMade(other)).toEqual([])
  })
})

describe('an answer that can wait', () => {
  const WAITS = { mayWait: true } as const
  /** Goes on as the pipeline would: the same message once more, as an update of its own. */
  const goOn = (bench: TestBench, steps: ReturnType<typeof createScriptedSteps>): Promise<string> => {
    const update = bench.continued.at(-1)
    const idempotencyKey = `${update?.updateId}:ai_chatbot`
    return bench.answer(steps, {
      ...WAITS,
      context: { continues: update?.continues?.turn, idempotencyKey } as object,
    })
  }

  test.each([
    ['Allow once', 'sent to ann@example.org'],
    ['No', 'a person refused it'],
  ] as const)('says nothing, and goes on with the result after %s, once', async (button, text) => {
    const bench = createBench([SEND])
    expect(await bench.answer(callsMail(), WAITS)).toBe('')
    expect(bench.continued).toEqual([])
    const pressed = await bench.press(button)
    expect(pressed).toMatchObject({ success: true })
    expect(JSON.stringify(pressed)).not.toContain('sent to')
    expect(bench.continued).toMatchObject([{ kind: 'message', continues: { turn: expect.any(String) } }])
    expect(bench.continued[0]?.updateId).toBeLessThan(-1)
    const steps = createScriptedSteps((request) => ({ text: lastResults(request)[0] ?? 'none' }))
    expect(await goOn(bench, steps)).toContain(text)
    // the model sees its own call before the result
    expect(steps.requests[0]?.step?.messages.map(({ role }) => role)).toEqual(['assistant', 'tool'])
    expect(callsMade(bench)).toHaveLength(button === 'No' ? 0 : 1)
    // and the next message is not told again
    const later = createScriptedSteps(() => ({ text: 'fine' }))
    await bench.answer(later, { text: 'and?', history: ['send it', 'ok'] })
    expect(later.requests[0]?.messages.at(-1)?.content).toBe('and?')
  })

  test('goes on only when all its questions are decided', async () => {
    const bench = createBench([SEND])
    const two = createScriptedSteps(() => ({
      calls: [
        { name: 'mail__send', args: { to: 'a' } },
        { name: 'mail__send', args: { to: 'b' } },
      ],
    }))
    await bench.answer(two, WAITS)
    await bench.press('Allow once')
    expect(bench.continued).toEqual([])
    bench.questions.pop()
    await bench.press('No')
    const steps = createScriptedSteps((request) => ({ text: lastResults(request).join(' | ') }))
    expect(await goOn(bench, steps)).toMatch(/refused it.*\|.*sent to ann/s)
  })

  test('is told when nobody decides in time', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail(), WAITS)
    bench.now += 601_000
    await bench.press('Allow once')
    const steps = createScriptedSteps((request) => ({ text: lastResults(request)[0] ?? 'none' }))
    expect(await goOn(bench, steps)).toContain('nobody decided in time')
    expect(callsMade(bench)).toEqual([])
  })

  test('that is tried again after a crash waits on, without a second question and without the model', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail(), WAITS)
    const again = callsMail()
    expect(await bench.answer(again, { ...WAITS, context: { attempt: 2 } })).toBe('')
    expect([again.requests.length, bench.questions.length]).toEqual([0, 1])
  })

  test('nobody is asked about arguments that do not fit; the model is told', async () => {
    const bench = createBench([{ ...SEND, check: () => 'to: is missing' }])
    expect(await bench.answer(callsMail({}), WAITS)).toContain('to: is missing')
    expect(bench.questions).toEqual([])
  })

  test('a tool that is always allowed is not asked about, unless text from elsewhere was read', async () => {
    const bench = createBench([SEND])
    await bench.answer(callsMail(), WAITS)
    await bench.press('Always here')
    expect(callsMade(bench)).toHaveLength(1)
    const next = { idempotencyKey: '3:ai_chatbot' }
    expect(await bench.answer(callsMail({ to: 'b' }), { ...WAITS, context: next })).toContain('sent to')
    expect(callsMade(bench)).toHaveLength(2)
    const other = { user: { id: 8, firstName: 'Bob', isBot: false }, idempotencyKey: '4:ai_chatbot' }
    expect(await bench.answer(callsMail({ to: 'c' }), { ...WAITS, context: other })).toBe('')
    expect(bench.questions).toHaveLength(2)
    const foreign = { ...WAITS, isUntrusted: true, system: 'x', context: { idempotencyKey: '5:ai_chatbot' } }
    expect(await bench.answer(callsMail({ to: 'd' }), foreign)).toBe('')
    expect(
      bench.questions
        .at(-1)
        ?.reply.buttons?.flat()
        .map(({ text }) => text),
    ).toEqual(['✅ Allow once', '❌ No'])
    expect(callsMade(bench)).toHaveLength(2)
  })
})
