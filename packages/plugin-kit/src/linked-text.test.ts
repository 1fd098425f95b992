import { expect, test } from 'vitest'
import { firstAddress, withAddresses } from './linked-text.ts'

const link = (offset: number, length: number, url = 'https://a.example/x') => ({
  type: 'text_link',
  offset,
  length,
  url,
})

test.each([
  ['read this now', [link(5, 4)], 'read [this](https://a.example/x) now'],
  // positions count UTF-16 units: an emoji has two, a flag four, a family eleven
  ['😀 this', [link(3, 4)], '😀 [this](https://a.example/x)'],
  ['👨‍👩‍👧‍👦🇩🇪 this', [link(16, 4)], '👨‍👩‍👧‍👦🇩🇪 [this](https://a.example/x)'],
  [
    'one two',
    [link(0, 3), link(4, 3, 'https://b.example/')],
    '[one](https://a.example/x) [two](https://b.example/)',
  ],
  ['**one**', [{ type: 'bold', offset: 0, length: 7 }, link(2, 3)], '**[one](https://a.example/x)**'],
  ['https://a.example', [link(0, 17, 'https://a.example/')], 'https://a.example'],
  ['https://good.example', [link(0, 20)], '[https://good.example](https://a.example/x)'],
  ['ann', [link(0, 3, 'tg://user?id=5')], '[ann](tg://user?id=5)'],
  ['one', [link(0, 3, 'https://a.example/a b\nc')], '[one](https://a.example/a%20b%0Ac)'],
  ['nested words', [link(0, 12), link(7, 5)], 'nested [words](https://a.example/x)'],
  ['tomorrow', [{ type: 'date_time', offset: 0, length: 8, unixTime: 0 }], 'tomorrow (1970-01-01T00:00:00Z)'],
  ['no links', [], 'no links'],
  ['never', [{ type: 'date_time', offset: 0, length: 5, unixTime: 1e300 }], 'never'],
])('%s is shown with what is behind it', (text, entities, shown) => {
  expect(withAddresses(text, entities)).toBe(shown)
})

test.each([
  ['see https://b.example/y, or this', [link(28, 4)], 'https://b.example/y'],
  ['see this, or https://b.example/y', [link(4, 4)], 'https://a.example/x'],
  ['https://good.example', [link(0, 20)], 'https://a.example/x'],
  ['mail ann or see www.b.example', [link(5, 3, 'mailto:ann@b.example')], 'www.b.example'],
  ['no link', [], undefined],
])('the first address of %s', (text, entities, address) => {
  expect(firstAddress(text, entities)).toBe(address)
})
