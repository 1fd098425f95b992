import { expect, test } from 'vitest'
import { displayWidth } from './display-width.ts'
import { ENTITY_LIMIT, splitText } from './formatted-text.ts'
import { renderText } from './render-text.ts'
import { markdownToBlocks } from './rich-blocks.ts'

const text = (source: string): string => renderText(source, 'model-markdown').text
const bold = (source: string): string[] => {
  const { text: shown, entities } = renderText(source, 'model-markdown')
  return entities
    .filter(({ type }) => type === 'bold')
    .map(({ offset, length }) => shown.slice(offset, offset + length))
}

test.each([
  'so \\( a_1*b_1*c \\) is',
  'so \\[ x \\\\ y, \\{z\\} \\] is',
  '\\[\nx = \\begin{cases} 1 & a \\\\ 2 & b \\end{cases}\n\\]',
  '$$\n\\sum_{i=1}^n *x_i* \\\\ \\{y\\}\n$$',
  'so $\\frac{a}{b}$ is',
  '- item with $$a_1*b_1 = \\{c\\}$$ in it',
  'so \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix} is',
  '\\begin{align*}\na &= b * c * d \\\\\n&= \\{e\\}\n\\end{align*}',
])('mathematics keeps its source: %s', (source) => {
  expect(text(source).replaceAll('• ', '- ')).toBe(source)
})

test.each([
  ['$x^2 + y_1$', 'x² + y₁'],
  ['\\(\\alpha \\times 10^{-3}\\)', 'α × 10⁻³'],
  ['$n$ and $$a \\le b$$', 'n and a ≤ b'],
  ['$\\boxed{42}$, \\(\\boxed{x = 2}\\) and $\\mathrm{CO_2}$', '42, x = 2 and CO₂'],
])('simple mathematics is text: %s', (source, shown) => {
  expect(text(source)).toBe(shown)
})

test.each([
  '$5 to $10',
  'Pay $50-$100, or US$ 7.',
  'between $3,500 in 2022 and $6,750 in 2023.',
  '约5~10元，20~30元',
  '2*3*4 = 24 and 2**3**4',
  '10% of 5 * 3 * 2',
  'snake_case_name and other_snake_case',
  'C:\\Users\\ada, #1, 3.5–4.0, №7',
])('prices, ranges and products stay: %s', (source) => {
  expect(text(source)).toBe(source)
})

test('an escaped bracket around prose is a bracket', () => {
  expect(text('\\(see above\\) and \\[here\\]')).toBe('(see above) and [here]')
})

test('where rich messages are on, mathematics is an expression', () => {
  const document = markdownToBlocks('so $\\frac{a}{b}$ is\n\n$$\nE = mc^2\n$$', true)
  expect(document?.hasStructure).toBe(true)
  expect(document?.blocks).toEqual([
    {
      type: 'paragraph',
      text: ['so ', { type: 'mathematical_expression', expression: '\\frac{a}{b}' }, ' is'],
    },
    { type: 'mathematical_expression', expression: 'E = mc^2' },
  ])
})

test.each([
  ['**历经10年发展，**年', ['历经10年发展，']],
  ['含**「重点」**内容', ['「重点」']],
  ['不如人意的**《李茶的姑妈》**已经', ['《李茶的姑妈》']],
  ['**テスト。**テスト', ['テスト。']],
  ['**중요(필수)**합니다', ['중요(필수)']],
  ['**مهم:** نص', ['مهم:']],
  ['**שלום, עולם!** וגם', ['שלום, עולם!']],
  ['**Важно:** текст', ['Важно:']],
  ['**ध्यान दें:** पाठ', ['ध्यान दें:']],
  ['**สำคัญ**มาก', ['สำคัญ']],
])('bold is bold in any script: %s', (source, words) => {
  expect(bold(source)).toEqual(words)
  expect(text(source)).toBe(source.replaceAll('**', ''))
})

test('Telegram drops no formatting: a message has at most a hundred entities', () => {
  const source = Array.from({ length: 110 }, (_, index) => `**w${index}**`).join(' ')
  const rendered = renderText(source, 'model-markdown')
  const parts = splitText(rendered)
  expect(parts.length).toBe(2)
  expect(parts.every(({ entities }) => entities.length <= ENTITY_LIMIT)).toBe(true)
  expect(parts.flatMap(({ entities }) => entities)).toHaveLength(110)
  expect(parts.map((part) => part.text).join('')).toBe(rendered.text)
})

test('blank lines of a list stay where they are', () => {
  expect(text('- a\n\n- b\n- c\n\n  more\n\n1. x\n\n2. y')).toBe('• a\n\n• b\n• c\n\n   more\n\n1. x\n\n2. y')
})

test('footnotes are numbers above the line', () => {
  expect(text('One[^a] and two[^note], not [^3].\n\n[^a]: First **note**.\n[^note]: Second.')).toBe(
    'One¹ and two², not [^3].\n\n¹ First note.\n² Second.',
  )
})

test('a table is no wider than a phone, by the columns it takes on the screen', () => {
  const chinese = '| 名称 | 价格 |\n|---|--:|\n| 苹果 | 5 |\n| Birne | 120 |'
  expect(text(chinese)).toBe('名称  | 价格\n------+-----\n苹果  |    5\nBirne |  120')
  const wide =
    '| Name | What it is good for | Price |\n|---|---|---|\n| **Apple** | Pies and a great many other things | $5 |'
  expect(text(wide)).toBe(
    'Name · What it is good for · Price\n\nApple\n• What it is good for: Pies and a great many other things\n• Price: $5',
  )
  expect(text('| 一二三四五六七八九十 | 一二三四五六七八九十 |\n|---|---|\n| a | b |')).not.toContain(' | ')
  for (const line of text(chinese).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(40)
})

test.each([
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['👨‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['ﾊﾝｶｸ', 4],
  ['שלום', 4],
  ['नमस्ते', 3],
])('%s takes %i columns', (value, columns) => {
  expect(Math.abs(displayWidth(value) - columns)).toBeLessThanOrEqual(value === 'नमस्ते' ? 1 : 0)
})

test.each([
  ['**Hinweis:**Text', 'Hinweis:Text', ['Hinweis:']],
  ['**Итог:**5 € **Всего.**Да', 'Итог:5 € Всего.Да', ['Итог:', 'Всего.']],
  ['1. **Step!**go', '1. Step!go', ['Step!']],
  ['a**b:**c', 'a**b:**c', []],
])('a bold label right before a word is bold: %s', (source, shown, labels) => {
  expect(text(source)).toBe(shown)
  expect(bold(source)).toEqual(labels)
})
