import { expect, test } from 'vitest'
import { decodeText } from './decode-text.ts'

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')

// made with Python's codecs, which share no code with ours
test.each([
  ['UTF-8', '4772c3bcc39f65', 'Grüße'],
  ['UTF-8 with a byte order mark', 'efbbbf4772c3bcc39f65', 'Grüße'],
  ['UTF-16 LE with a mark', 'fffe4700fc00', 'Gü'],
  ['UTF-16 BE with a mark', 'feff004700fc', 'Gü'],
  ['UTF-16 LE without a mark', '680065006c006c006f0020007400680065007200650021000a00', 'hello there!\n'],
  ['UTF-16 BE without a mark', '00680065006c006c006f002000740068006500720065', 'hello there'],
  [
    'Windows-1251',
    'cff0e8e2e5f22c20eae0ea20e4e5ebe03f20d1e5e3eee4edff20f5eef0eef8e0ff20efeee3eee4e0',
    'Привет, как дела? Сегодня хорошая погода',
  ],
  [
    'KOI8-R',
    'f0d2c9d7c5d42c20cbc1cb20c4c5ccc13f20f3c5c7cfc4ced120c8cfd2cfdbc1d120d0cfc7cfc4c1',
    'Привет, как дела? Сегодня хорошая погода',
  ],
  [
    'Shift_JIS',
    '82b182ea82cd93fa967b8cea82cc95b68fcd82c582b78142948382a295a882f082b782e98142',
    'これは日本語の文章です。買い物をする。',
  ],
  ['EUC-KR', 'bec8b3e7c7cfbcbcbfe420bfc0b4c320b3afbebeb0a120c1c1b3d7bfe4', '안녕하세요 오늘 날씨가 좋네요'],
  [
    'GB18030',
    'd5e2cac7d2bbb8f6d6d0cec4cec4bcfea3acc7ebd7dcbde1d2bbcfc2c4dac8dda1a3',
    '这是一个中文文件，请总结一下内容。',
  ],
  ['Windows-1252, a short text', '47fc', 'Gü'],
])('%s', (_encoding, bytes, text) => {
  expect(decodeText(hex(bytes))).toBe(text)
})

test('any bytes are some text', () => {
  const bytes = Uint8Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256)
  expect(decodeText(bytes).length).toBeGreaterThan(0)
  expect(decodeText(new Uint8Array())).toBe('')
})
