import fc from 'fast-check'

/** A text as a language model might write it, and its words in order. */
export interface ModelOutput {
  readonly source: string
  readonly words: readonly string[]
}

/** Placeholder for a word until all words of a text are numbered. */
const WORD = '§'

const run = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: most }).map((count) => Array.from({ length: count }, () => WORD).join(' '))

/** Noise between words: misplaced marks, odd characters, other scripts, incomplete escapes. */
const ODDITIES = {
  marks: [
    '*',
    '2*3*4',
    '5~10',
    '**真，**她',
    '**',
    '_',
    '`',
    '~~',
    '|',
    '||',
    '[',
    '](',
    ')',
    '<',
    '>',
    '1.',
    '-',
    '#',
    '\\',
    '==',
  ],
  markup: [
    '<b>',
    '</i>',
    '<br>',
    '<think>',
    '<!--',
    '&amp;',
    '&',
    '$x^2$',
    '\\(a\\)',
    '\\[x \\\\ y\\]',
    '$5',
    '[^1]',
  ],
  detected: ['https://a.example/x_y(z)', '@name', '#tag', '/command', 'a@b.example'],
  emoji: ['😀', '👨‍👩‍👧‍👦', '🇩🇪'],
  scripts: ['e\u0301', 'Z\u030A\u0333', '日本語。', 'שלום', '—', '…', '“q”'],
  invisible: ['\u202Emirrored\u202C', '\u200B', '\u0000', '\u0007', '\t', '\r', '\u00A0'],
  halves: ['\uD83D', '\uDE00'],
}
const filler = fc.oneof(
  fc.constantFrom(...Object.values(ODDITIES).flat()),
  fc.string({ unit: 'grapheme-composite', maxLength: 6 }).map((text) => text.replaceAll(/[§\]]/g, '')),
)

const span: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: run(12) },
  { weight: 2, arbitrary: filler },
  { weight: 1, arbitrary: run(4).map((words) => `**${words}**`) },
  { weight: 1, arbitrary: run(4).map((words) => `*${words}*`) },
  { weight: 1, arbitrary: run(3).map((words) => `**${words} *${words}* ${words}**`) },
  { weight: 1, arbitrary: run(3).map((words) => `~~${words}~~`) },
  { weight: 1, arbitrary: run(3).map((words) => `\`${words}\``) },
  { weight: 1, arbitrary: run(3).map((words) => `[${words}](https://a.example/p?q=1)`) },
  { weight: 1, arbitrary: run(2).map((words) => `![${words}](/picture.png)`) },
  { weight: 1, arbitrary: run(2).map((words) => `<u>${words}</u>`) },
)
const inline = fc.array(span, { minLength: 1, maxLength: 8 }).map((spans) => spans.join(' '))
const lines = (most: number): fc.Arbitrary<string[]> => fc.array(inline, { minLength: 1, maxLength: most })

const paragraph = lines(4).map((all) => all.join('\n'))
const heading = fc
  .tuple(fc.integer({ min: 1, max: 6 }), inline)
  .map(([level, text]) => `${'#'.repeat(level)} ${text}`)
const list = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('-', '*', '1.', '7)', '- [ ]', '- [x]'), inline),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((items) => items.map(([depth, mark, text]) => `${'  '.repeat(depth)}${mark} ${text}`).join('\n'))
const quote = lines(4).map((all) => all.map((line) => `> ${line}`).join('\n'))
const code = fc
  .tuple(
    fc.constantFrom('```', '```js', '~~~', '````md'),
    fc.array(run(10), { maxLength: 60 }),
    fc.constantFrom(0, 1, 1, 1),
  )
  .map(([fence, body, closed]) =>
    [
      fence,
      ...body.map((line, index) => `${' '.repeat(index % 5)}${line}`),
      ...(closed ? [/^[`~]+/.exec(fence)?.[0] ?? ''] : []),
    ].join('\n'),
  )
const cell = fc.oneof(
  run(6),
  fc.constant(''),
  run(2).map((words) => `**${words}**`),
  fc.constant(`a \\| ${WORD}`),
)
const table = fc
  .tuple(
    fc.integer({ min: 1, max: 24 }),
    fc.array(fc.array(cell, { minLength: 1, maxLength: 26 }), { maxLength: 40 }),
  )
  .map(([columns, rows]) => {
    const head = Array.from({ length: columns }, () => WORD)
    const rule = Array.from({ length: columns }, (_, index) => [':-', '-:', ':-:', '---'][index % 4])
    return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
  })
const odd = fc.constantFrom(
  '---',
  `$$\n${WORD}_1 = \\frac{${WORD}}{2}\n$$`,
  `\\[\n${WORD}^2\n\\]`,
  Array.from({ length: 120 }, () => `**${WORD}**`).join(' '),
  `<details><summary>${WORD}</summary>\n\n${WORD}\n\n</details>`,
  `[${WORD}]: ${WORD}`,
  `[^1]: ${WORD} ${WORD}`,
  '[1]: https://a.example',
  `${WORD}\n===`,
  `    ${WORD} indented`,
  `\\# ${WORD}`,
)
/** Long enough that the text is split, with few good places to cut, or none. */
const long = fc.oneof(
  fc.integer({ min: 200, max: 3000 }).map((count) => `${WORD} `.repeat(count)),
  fc.integer({ min: 1000, max: 9000 }).map((count) => `${WORD}${'x'.repeat(count)}`),
  fc.integer({ min: 500, max: 3000 }).map((count) => `${WORD} ${'😀'.repeat(count)}`),
  fc.integer({ min: 100, max: 1500 }).map((count) => `**${`${WORD} `.repeat(count).trim()}**`),
  fc.integer({ min: 100, max: 900 }).map((count) => `\`\`\`\n${`${WORD} ${WORD}\n`.repeat(count)}\`\`\``),
)

const block = fc.oneof(
  { weight: 5, arbitrary: paragraph },
  { weight: 2, arbitrary: heading },
  { weight: 3, arbitrary: list },
  { weight: 1, arbitrary: quote },
  { weight: 2, arbitrary: code },
  { weight: 2, arbitrary: table },
  { weight: 1, arbitrary: odd },
  { weight: 1, arbitrary: long },
)

/** Any text that a model might write, well-formed or not. */
export const modelOutput: fc.Arbitrary<ModelOutput> = fc
  .array(fc.tuple(block, fc.constantFrom('\n\n', '\n\n', '\n\n\n', '\n')), { minLength: 1, maxLength: 10 })
  .map((blocks) => {
    const text = blocks.map(([content, gap]) => content + gap).join('')
    const words: string[] = []
    const source = text.replaceAll(WORD, () => {
      const word = `w${words.length}w`
      words.push(word)
      return word
    })
    return { source, words }
  })
  .filter(({ words }) => words.length > 0)
