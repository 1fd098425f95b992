import { Readable } from 'node:stream'
import { createDeflate } from 'node:zlib'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import fc from 'fast-check'
import { long } from '@pluggram/testing/long'
import { describe, expect, test } from 'vitest'
import { documentKind, readDocument } from './read-document.ts'
import { splitText } from './split-text.ts'
import { createPackedPdf, createPdf } from './test-pdf.ts'

installLeakCheck()

const signal = new AbortController().signal
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('a PDF is read page by page', async () => {
  const pdf = createPdf(['The library opens at ten.', 'It closes (late) at six.'])
  expect(await readDocument(pdf, 'pdf', signal)).toEqual([
    { place: 'page 1', text: 'The library opens at ten.' },
    { place: 'page 2', text: 'It closes (late) at six.' },
  ])
})

test('a page is read by its headings, without scripts, styles and menus', async () => {
  const html = `<html><head><title>T</title><style>x{}</style></head><body><nav>Home</nav><h1>Hours</h1>
    <p>We open <b>at ten</b>.</p><script>steal()</script><h2>Fees &amp; fines</h2><ul><li>None.</li></ul></body></html>`
  expect(await readDocument(bytes(html), 'html', signal)).toEqual([
    { place: 'Hours', text: 'We open at ten.' },
    { place: 'Fees & fines', text: 'None.' },
  ])
})

test('Markdown is read by its headings; code is no heading', async () => {
  const markdown = 'Before.\n\n# Hours\n\nAt ten.\n\n```\n# not a heading\n```\n\n## Fees\nNone.'
  expect((await readDocument(bytes(markdown), 'markdown', signal)).map(({ place }) => place)).toEqual([
    '',
    'Hours',
    'Fees',
  ])
})

describe('what cannot be learned is told in words', () => {
  test.each([
    ['an empty file', bytes(' \n '), 'text', 'It contains no text.'],
    ['a PDF without text', createPdf(['']), 'pdf', 'It contains no text. I cannot read scanned PDFs'],
    ['a damaged PDF', bytes('%PDF-1.4 nonsense'), 'pdf', 'It cannot be read'],
    ['a long text', bytes('word '.repeat(800_000)), 'text', 'It is too long'],
  ] as const)('%s', async (_what, file, kind, message) => {
    await expect(readDocument(file, kind, signal)).rejects.toThrow(message)
  })
})

describe('a file that was made to do harm ends within limits, and nobody waits for it meanwhile', () => {
  /**
   * How much the process grew at most while a file was read, and the longest time that its main
   * thread was blocked. The time is the thread's own, so other programs do not lengthen it.
   */
  async function watch(file: Uint8Array, kind: 'pdf' | 'html' | 'text' | 'markdown') {
    const base = process.memoryUsage.rss()
    let last = process.threadCpuUsage()
    let [grown, stalled] = [0, 0]
    const timer = setInterval(() => {
      const { user, system } = process.threadCpuUsage(last)
      stalled = Math.max(stalled, (user + system) / 1_000)
      last = process.threadCpuUsage()
      grown = Math.max(grown, process.memoryUsage.rss() - base)
    }, 20)
    const start = performance.now()
    try {
      const problem = await readDocument(file, kind, signal).then(
        (passages) => `${passages.length} passages`,
        (error: unknown) => String(error),
      )
      return { problem, grownMb: grown / 1_048_576, stalled, seconds: (performance.now() - start) / 1_000 }
    } finally {
      clearInterval(timer)
    }
  }

  test('a PDF of one megabyte that unpacks to one gigabyte', async () => {
    const packed: Buffer[] = []
    const packer = createDeflate()
    const piece = Buffer.alloc(1_000_000, ' ')
    const fill = Readable.from(Array.from({ length: 1_000 }, () => piece))
    for await (const chunk of fill.pipe(packer)) packed.push(chunk as Buffer)
    const file = createPackedPdf(Buffer.concat(packed))
    expect(file.byteLength).toBeLessThan(2_000_000)
    const { problem, grownMb, seconds } = await watch(file, 'pdf')
    expect(problem).toContain('It cannot be read')
    expect(grownMb).toBeLessThan(900)
    expect(seconds).toBeLessThan(45)
  })

  const bombs = [
    ['a text without a space', 'a', 'text', /too long/],
    ['headings without end', '# a\n', 'markdown', /cannot be read|too long/],
    ['a page of elements without end', '<p>a</p>', 'html', /cannot be read|too long/],
    ['a page of nothing but brackets', '<', 'html', /cannot be read|too long/],
    ['a text of empty lines', '\n', 'text', /too long|no text/],
  ] as const
  test.each(long<readonly (typeof bombs)[number][]>(bombs.slice(0, 1), bombs.slice(1)))(
    '%s',
    async (_what, piece, kind, message) => {
      const { problem, stalled, seconds } = await watch(bytes(piece.repeat(19_000_000 / piece.length)), kind)
      expect(problem).toMatch(message)
      expect(seconds).toBeLessThan(45)
      expect(stalled).toBeLessThan(1_000)
    },
  )
})

test('reading ends when it is aborted', async () => {
  const controller = new AbortController()
  const reading = readDocument(createPdf(['x']), 'pdf', controller.signal)
  controller.abort(new Error('stop'))
  await expect(reading).rejects.toThrow('stop')
})

test('the kind of a file follows its name, then its type', () => {
  expect(documentKind('A.PDF')).toBe('pdf')
  expect(documentKind('notes.md', 'text/plain')).toBe('markdown')
  expect(documentKind('page', 'text/html')).toBe('html')
  expect(documentKind('readme', 'text/x-anything')).toBe('text')
  expect(documentKind('photo.png', 'image/png')).toBeUndefined()
  expect(documentKind('x.constructor')).toBeUndefined()
})

test('passages hold every word of the text, in order, each within its length', () => {
  const paragraph = fc.array(fc.stringMatching(/^[a-zé.!?]{1,30}$/u), { maxLength: 400 })
  fc.assert(
    fc.property(fc.array(paragraph, { maxLength: 6 }), (paragraphs) => {
      const text = paragraphs.map((words) => words.join(' ')).join('\n\n')
      const passages = splitText([{ place: 'p', text }])
      const words = (value: string): string[] => value.split(/\s+/).filter((word) => word !== '')
      expect(passages.flatMap((passage) => words(passage.text))).toEqual(words(text))
      expect(passages.every((passage) => passage.text.length <= 1_200)).toBe(true)
    }),
    { numRuns: 60 },
  )
})
