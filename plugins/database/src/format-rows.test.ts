import { describe, expect, test } from 'vitest'
import type { Reply } from '@pluggram/sdk'
import { drawTable } from './draw-table.ts'
import { formatRows } from './format-rows.ts'
import type { TableStyle } from './format-rows.ts'
import { readPng } from './test-png.ts'

const { signal } = new AbortController()

function show(
  rows: readonly Record<string, unknown>[],
  { max = 20, tables = 'auto', isCut = false }: { max?: number; tables?: TableStyle; isCut?: boolean } = {},
): Promise<Reply> {
  return formatRows({ rows, columns: Object.keys(rows[0] ?? {}), isCut }, { max, tables, signal })
}

function png({ media }: Reply): Uint8Array {
  if (media?.source instanceof Uint8Array) return media.source
  throw new Error('there is no picture')
}

const WIDE = { first: 'x'.repeat(30), second: 'y'.repeat(30), third: 3 }

test('values of every kind are shown in one line', async () => {
  const row = {
    a: null,
    b: new Uint8Array(3),
    c: new Date('2026-11-22T10:00:00Z'),
    d: { x: 1 },
    e: 'two\nlines',
    f: new Date(Number.NaN),
    g: '\ud83d broken \u202Eturned\u202C',
  }
  expect((await show([row])).text).toBe(
    'a: –\nb: 3 bytes\nc: 2026-11-22 10:00:00 UTC\nd: {"x":1}\ne: two lines\nf: no date\ng: \ufffd broken  turned ',
  )
})

test('what is not shown is counted', async () => {
  const rows = Array.from({ length: 57 }, (_, id) => ({ id }))
  expect((await show(rows, { max: 2 })).text).toBe('id\n──\n0\n1\n\n2 of 57 rows.')
  expect((await show(rows, { max: 1 })).text).toBe('id: 0\n\n1 of 57 rows.')
  expect((await show(rows, { max: 2, isCut: true })).text).toContain('2 of more than 57 rows.')
  expect((await show(rows.slice(0, 2), { max: 2 })).text).not.toContain('rows.')
})

describe('a table that is too wide for a telephone', () => {
  test('is a picture', async () => {
    const reply = await show([WIDE, WIDE, WIDE], { max: 2 })
    expect(reply).toMatchObject({ text: '2 of 3 rows.', media: { kind: 'photo', fileName: 'table.png' } })
    const { width, height, ink } = readPng(png(reply))
    expect(height).toBe(90)
    expect(width).toBeGreaterThan(500)
    expect(ink).toBeGreaterThan(3_000)
  })

  test('is lines when that is wanted, or when the picture’s font lacks a character', async () => {
    const lines = /^first: x+\nsecond: y+\nthird: 3\n\nfirst: x+\nsecond: y+\nthird: 3$/
    expect(await show([WIDE, WIDE], { tables: 'text' })).toEqual({ text: expect.stringMatching(lines) })
    for (const third of ['日本', '🥑', '𝒳']) {
      expect(await show([WIDE, { ...WIDE, third }])).not.toHaveProperty('media')
    }
  })
})

test('a small table is a picture when that is wanted', async () => {
  const reply = await show([{ id: 1 }, { id: 2 }], { tables: 'picture' })
  expect(readPng(png(reply))).toMatchObject({ width: 320, height: 90 })
})

describe('hostile cells', () => {
  const cells = [
    '<script>alert(1)</script>',
    '</text></svg><image href="file:///etc/passwd"/>',
    '&xxe;]]><!ENTITY a "b">',
    '\u0000\u0008\uFFFE\uFFFF\u{1FFFE}',
    '\ud800',
    '\u202Egnp.elbat',
    'مرحبا',
    `Z${'\u0301'.repeat(500)}`,
    'x'.repeat(10_000),
    '🧨👩‍👩‍👧‍👦',
  ]

  test('are drawn as text', async () => {
    const rows = cells.map((cell) => ({ a: cell, '<b>&\u0000': cell }))
    const { width, height, ink } = readPng(png(await show(rows, { tables: 'picture' })))
    expect([height, width <= 1_600, ink > 5_000]).toEqual([30 * (cells.length + 1), true, true])
  })

  test('never become a part of the picture’s code, nor reach into other cells', () => {
    const { svg } = drawTable(['a'], [['</text><image href="x"/>']], [false])
    expect(svg).not.toContain('<image')
    expect(svg).toContain('&lt;/text&gt;&lt;image href="x"/&gt;')
  })
})

test('as many columns are drawn as can be read, and it is told how many', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`column${index}`, 'x'.repeat(40)]),
  )
  const reply = await show([many, many])
  expect(reply.text).toBe('Showing 4 of 30 columns. Ask for fewer.')
  expect(readPng(png(reply)).width).toBeLessThanOrEqual(1_600)
})

test('a hundred rows are one picture that Telegram takes', async () => {
  const rows = Array.from({ length: 100 }, (_, third) => ({ ...WIDE, third }))
  const source = png(await show(rows, { max: 100 }))
  const { width, height } = readPng(source)
  expect(width + height).toBeLessThanOrEqual(10_000)
  expect(source.byteLength).toBeLessThan(5_000_000)
})
