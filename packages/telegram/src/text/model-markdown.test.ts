import { expect, test } from 'vitest'
import { renderText } from './render-text.ts'
import { markdownToBlocks } from './rich-blocks.ts'

const HIDDEN = [
  ['[your bank](https://evil.example/login)', 'your bank (https://evil.example/login)'],
  ['[https://bank.example](https://evil.example)', 'https://bank.example (https://evil.example)'],
  ['[**click** `here`](https://evil.example "title")', 'click here (https://evil.example)'],
  ['[a][1]\n\n[1]: https://evil.example/x', 'a (https://evil.example/x)'],
  ['![a cat](https://evil.example/cat.png?d=1)', 'a cat (https://evil.example/cat.png?d=1)'],
  [
    '[![cat](https://a.example/c.png)](https://evil.example)',
    'cat (https://a.example/c.png) (https://evil.example)',
  ],
  ['- a [b](tg://resolve?domain=evil) c', '• a b (tg://resolve?domain=evil) c'],
  ['> **[b](https://evil.example)**', 'b (https://evil.example)'],
] as const

test.each(HIDDEN)('a model cannot hide where %s leads', (source, shown) => {
  const { text, entities } = renderText(source, 'model-markdown')
  expect(text).toBe(shown)
  expect(entities.filter(({ type }) => type === 'text_link')).toEqual([])
  const rich = JSON.stringify(markdownToBlocks(source, true)?.blocks)
  expect(rich).not.toContain('"type":"url"')
  expect(rich).toContain(/\(\S+\)/.exec(shown)?.[0])
})

test.each([
  ['<https://good.example/a>', 'https://good.example/a'],
  ['https://good.example/a', 'https://good.example/a'],
  ['[https://good.example](https://good.example)', 'https://good.example'],
  ['me@example.org', 'me@example.org'],
  ['[](https://good.example)', 'https://good.example'],
])('an address that stands there already is not repeated: %s', (source, shown) => {
  expect(renderText(source, 'model-markdown').text).toBe(shown)
})

test('links in a table are shown, and other formatting stays', () => {
  const { text, entities } = renderText(
    '| a |\n|---|\n| [b](https://evil.example) |\n\n**bold**',
    'model-markdown',
  )
  expect(text).toContain('b (https://evil.example)')
  expect(entities).toContainEqual(expect.objectContaining({ type: 'bold' }))
})

test('plugins may still write links with other words', () => {
  expect(renderText('[docs](https://good.example/)', 'markdown').entities).toMatchObject([
    { type: 'text_link' },
  ])
})
