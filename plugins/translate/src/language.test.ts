import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLanguage, parseRequest, parseSpoken } from './language.ts'

test.each([
  ['de', 'de', 'German'],
  ['German', 'de', 'German'],
  ['DEUTSCH', 'de', 'German'],
  ['pt-br', 'pt-BR', 'Brazilian Portuguese'],
  ['日本語', 'ja', 'Japanese'],
])('%s is the language %s', (text, code, name) => {
  expect(findLanguage(text)).toEqual({ code, name })
})

test.each(['', 'xx', 'klingonish', '../de', 'good'])('“%s” is no language', (text) => {
  expect(findLanguage(text)).toBeUndefined()
})

test.each([
  ['german Good morning', 'de', 'Good morning'],
  ['to it: Good morning', 'it', 'Good morning'],
  ['to pt-BR Good morning', 'pt-BR', 'Good morning'],
  ['it: Good morning', 'it', 'Good morning'],
  ['de', 'de', ''],
  ['it', 'it', ''],
  ['fr two\nlines', 'fr', 'two\nlines'],
  ['it works for me', undefined, 'it works for me'],
  ['to be or not to be', undefined, 'to be or not to be'],
  ['Guten Morgen', undefined, 'Guten Morgen'],
  ['', undefined, ''],
])('“%s” asks for %s', (args, code, text) => {
  const request = parseRequest(args)
  expect(request.language?.code).toBe(code)
  expect(request.text).toBe(text)
})

test('whatever is written, no word of it gets lost but the name of a language', () => {
  fc.assert(
    fc.property(fc.string(), (args) => {
      const { language, text } = parseRequest(args)
      expect(
        language === undefined ? text === args : args.endsWith(text) || args.trimEnd().endsWith(text),
      ).toBe(true)
    }),
  )
})

test.each([' '.repeat(4_000), ' to'.repeat(1_300), ` to ${'a'.repeat(4_000)}`, ' to de.'.repeat(500)])(
  'a long text full of hooks is read quickly',
  (text) => {
    const before = process.cpuUsage()
    parseSpoken(`translate${text}€`)
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
  },
)
