import { describe, expect, it } from 'vitest'
import { CHAT, aBotMessage, aMessage, aPending, aState } from './fixtures.ts'
import { buildTimeline } from './timeline.ts'
import type { BubbleItem, TimelineItem } from './timeline.ts'

function bubbles(items: readonly TimelineItem[]): readonly BubbleItem[] {
  return items.filter((item) => item.kind === 'bubble')
}

describe('buildTimeline', () => {
  it('groups neighbours of one sender', () => {
    const state = aState({ transcripts: { [CHAT]: [aMessage(1), aMessage(2), aBotMessage(3), aMessage(4)] } })
    const shape = bubbles(buildTimeline(state, CHAT, CHAT)).map((item) => [item.startsGroup, item.endsGroup])
    expect(shape).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ])
  })

  it('starts a new group after a long pause', () => {
    const state = aState({
      transcripts: { [CHAT]: [aMessage(1, { date: 1000 }), aMessage(2, { date: 1601 })] },
    })
    expect(bubbles(buildTimeline(state, CHAT, CHAT)).map((item) => item.startsGroup)).toEqual([true, true])
  })

  it('parts days, once each', () => {
    const day = 86_400
    const dates = [10 * day, 10 * day + 60, 12 * day]
    const messages = dates.map((date, index) => aMessage(index + 1, { date: date + 43_200 }))
    const kinds = buildTimeline(aState({ transcripts: { [CHAT]: messages } }), CHAT, CHAT).map(
      ({ kind }) => kind,
    )
    expect(kinds).toEqual(['day', 'bubble', 'bubble', 'day', 'bubble'])
  })

  it('marks own messages read once the bot wrote after them', () => {
    const state = aState({ transcripts: { [CHAT]: [aMessage(1), aBotMessage(2), aMessage(3)] } })
    expect(bubbles(buildTimeline(state, CHAT, CHAT)).map((item) => item.delivery)).toEqual([
      'read',
      'received',
      'sent',
    ])
  })

  it('shows messages from the side of who acts', () => {
    const state = aState({ transcripts: { [CHAT]: [aMessage(1), aMessage(2, { senderId: 8 })] } })
    expect(bubbles(buildTimeline(state, CHAT, 8)).map((item) => item.isMine)).toEqual([false, true])
  })

  it('keeps the key of the bubble that a message took over', () => {
    const state = aState({ transcripts: { [CHAT]: [aMessage(1)] }, bubbleKeys: { [`${CHAT}/1`]: 'send-1' } })
    expect(bubbles(buildTimeline(state, CHAT, CHAT))[0]?.key).toBe('send-1')
  })

  it('puts what is on its way last: pending messages, then the draft', () => {
    const draft = { key: 'draft-1', message: aBotMessage(0), until: 1 }
    const elsewhere = aPending('send-2', { chatId: 99 })
    const state = aState({
      transcripts: { [CHAT]: [aMessage(1)] },
      pending: [aPending('send-1'), elsewhere],
      drafts: { [CHAT]: draft },
    })
    expect(bubbles(buildTimeline(state, CHAT, CHAT)).map((item) => item.delivery)).toEqual([
      'sent',
      'sending',
      'draft',
    ])
  })
})
