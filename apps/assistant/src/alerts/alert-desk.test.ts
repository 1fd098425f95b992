import { expect, test } from 'vitest'
import { AlertDesk } from './alert-desk.ts'
import type { DeskRules } from './alert-desk.ts'
import type { Alert, AlertKind } from './alert-kinds.ts'
import { newRecipient } from './alert-state.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

function alert(id: string, kind: AlertKind = 'plugin', own: Partial<Alert> = {}): Alert {
  return { id, kind, what: `${id} is broken.`, why: 'It fell.', fix: 'Pick it up.', ...own }
}

/** A recipient, a clock, and what is wrong. Each kind waits 20 s, and a group 10 s. */
function setUp(own: Partial<DeskRules> = {}) {
  let state = newRecipient()
  let now = 1_000 * HOUR
  let current: readonly Alert[] = []
  const told: string[] = []
  const rules = (): DeskRules => ({
    now,
    date: `day ${Math.floor(now / (24 * HOUR))}`,
    isOn: () => true,
    mayTell: () => true,
    waitMs: (kind) => (kind === 'budget' ? 0 : 20 * SECOND),
    groupMs: 10 * SECOND,
    perDay: 10,
    ...own,
  })
  return {
    told,
    state: () => state,
    wrong: (...alerts: readonly Alert[]) => void (current = alerts),
    rule: (changed: Partial<DeskRules>) => Object.assign(own, changed),
    /** As after a crash: only what is on disk is left. */
    restart: () => void (state = JSON.parse(JSON.stringify(state)) as typeof state),
    /** Lets time pass, with a look every second; each letter arrives at once. */
    pass(milliseconds: number, arrives = true) {
      for (const end = now + milliseconds; now < end;) {
        now += SECOND
        const desk = new AlertDesk(state, rules())
        desk.see(current)
        const { letter, changed } = desk.next()
        if (changed) told.push(`changed ${changed.no}`)
        if (!letter) continue
        if (arrives) letter.messageId = letter.no
        const says = letter.items.map(({ id, endedAt }) => (endedAt === undefined ? id : `-${id}`)).join(' ')
        told.push(`${letter.kind} ${says}${letter.isLast ? ' last' : ''}`)
      }
    },
  }
}

test('what heals within its wait is never told', () => {
  const { wrong, pass, told } = setUp()
  for (let time = 0; time < 5; time += 1) {
    wrong(alert('a'))
    pass(15 * SECOND)
    wrong()
    pass(MINUTE)
  }
  expect(told).toEqual([])
})

test('several at once are one letter, and what ends is told once and changes the letter', () => {
  const { wrong, pass, told } = setUp()
  wrong(alert('a'), alert('b', 'model'))
  pass(5 * SECOND)
  wrong(alert('a'), alert('b', 'model'), alert('c', 'disk'))
  pass(10 * MINUTE)
  expect(told).toEqual(['news a b c'])
  wrong(alert('c', 'disk'))
  pass(10 * MINUTE)
  expect(told.slice(1)).toEqual(['changed 1', 'end -a -b'])
  wrong()
  pass(10 * MINUTE)
  expect(told.slice(3)).toEqual(['changed 1', 'end -c'])
})

test('what comes and goes is told less and less often', () => {
  const { wrong, pass, told } = setUp({ perDay: 200 })
  // 90 s broken, 90 s well, for twelve hours
  for (let time = 0; time < 240; time += 1) {
    wrong(alert('a'))
    pass(90 * SECOND)
    wrong()
    pass(90 * SECOND)
  }
  expect(told.filter((line) => line.startsWith('news')).length).toBeLessThan(4)
})

test('a storm of different faults makes few letters, because they are grouped for longer and longer', () => {
  const { wrong, pass, told } = setUp({ perDay: 200 })
  const all: Alert[] = []
  for (let time = 0; time < 120; time += 1) {
    all.push(alert(`p${time}`))
    wrong(...all)
    pass(15 * SECOND)
  }
  pass(20 * MINUTE)
  expect(told.join(' ').match(/\bp\d+/g)).toHaveLength(120)
  expect(told.length).toBeLessThan(12)
})

test('the limit of a day holds, its last letter says so, and the next day tells what is still wrong', () => {
  const { wrong, pass, told } = setUp({ perDay: 2 })
  wrong(alert('a'))
  pass(MINUTE)
  wrong(alert('a'), alert('b'))
  pass(5 * MINUTE)
  expect(told).toEqual(['news a', 'news b last'])
  wrong(alert('c'), alert('d'))
  pass(HOUR)
  // only the earlier letters change
  expect(told.slice(2)).toEqual(['changed 1', 'changed 2'])
  pass(23 * HOUR)
  expect(told.slice(4)).toEqual(['news c d'])
})

test('in quiet hours only what is urgent is told; the rest comes in the morning, if it is still wrong', () => {
  const { wrong, pass, told, rule } = setUp({ mayTell: (kind) => kind === 'disk' })
  wrong(alert('a'), alert('b'), alert('full', 'disk'))
  pass(HOUR)
  expect(told).toEqual(['news full'])
  wrong(alert('a'))
  pass(HOUR)
  expect(told.slice(1)).toEqual(['changed 1', 'end -full'])
  rule({ mayTell: () => true })
  pass(MINUTE)
  expect(told.slice(3)).toEqual(['news a'])
})

test('a restart tells nothing again, and ends what ended meanwhile', () => {
  const { wrong, pass, told, restart } = setUp()
  wrong(alert('a'), alert('b'), alert('budget', 'budget', { isEvent: true }))
  pass(MINUTE)
  const before = [...told]
  restart()
  pass(HOUR)
  expect(told).toEqual(before)
  restart()
  wrong(alert('b'))
  pass(HOUR)
  expect(told.slice(before.length)).toEqual([expect.stringMatching(/^changed/), 'end -a'])
})

test('what was never seen while it could be told is told as over, when Telegram itself was away', () => {
  const { wrong, pass, told, rule } = setUp({ mayTell: () => false })
  wrong(alert('t', 'telegram'), alert('a'))
  pass(5 * MINUTE)
  wrong(alert('a'))
  pass(SECOND)
  rule({ mayTell: () => true })
  pass(MINUTE)
  expect(told).toEqual(['news -t a'])
})

test('while a letter is on its way, no second one is written', () => {
  const { wrong, pass, told, state } = setUp()
  wrong(alert('a'))
  pass(MINUTE, false)
  wrong(alert('a'), alert('b'), alert('c'))
  pass(HOUR, false)
  expect(told).toEqual(['news a'])
  for (const letter of state().letters) letter.messageId = 7
  pass(MINUTE)
  expect(told.slice(1)).toEqual(['news b c'])
})

test('what is muted or switched off is not told', () => {
  const { wrong, pass, told, state } = setUp({ isOn: (kind) => kind !== 'backup' })
  state().muted['a'] = 1_000 * HOUR + 24 * HOUR
  wrong(alert('a'), alert('failed', 'backup'))
  pass(23 * HOUR)
  // also afterwards, when nothing could be sent meanwhile
  state().muted['t'] = 1_000 * HOUR + 24 * HOUR
  wrong(alert('a'), alert('t', 'telegram'))
  pass(MINUTE)
  wrong(alert('a'))
  pass(MINUTE)
  expect(told).toEqual([])
  pass(2 * HOUR)
  expect(told).toEqual(['news a'])
})

test('an event has no end', () => {
  const { wrong, pass, told } = setUp()
  wrong(alert('half', 'budget', { isEvent: true }))
  pass(MINUTE)
  wrong(alert('most', 'budget', { isEvent: true }))
  pass(HOUR)
  wrong()
  pass(HOUR)
  expect(told).toEqual(['news half', 'news most'])
})
