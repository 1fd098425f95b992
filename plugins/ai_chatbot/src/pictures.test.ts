import { AiError } from '@pluggram/sdk'
import type { AiService, Attachment, PictureLimits } from '@pluggram/sdk'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { describe, expect, test } from 'vitest'
import { failingAfter, TestChatbot } from './test-chatbot.ts'

installLeakCheck()

const LIMITS: PictureLimits = {
  types: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
  maxBytes: 5_000,
  maxSide: 1_000,
}
const sees: AiService['model'] = async () => ({
  id: 'test:eyes',
  isDemo: false,
  takes: ['images'],
  pictures: LIMITS,
})

const text = (start: string, length = 40): Uint8Array => Buffer.from(start.padEnd(length, '\0'), 'latin1')
const HEIC = text('\0\0\0\x18ftypheic')
const PREVIEW = text('\xff\xd8\xff\xd9')
const png = (width: number, height: number, length = 40): Uint8Array => {
  const bytes = Buffer.from(text('\x89PNG\r\n\x1a\n', length))
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}
const document = (fileName: string, mimeType: string, more: object = {}): Attachment => ({
  kind: 'document',
  fileId: 'f',
  fileName,
  mimeType,
  ...more,
})
const preview = { previews: [{ fileId: 'p', width: 320, height: 240 }] }

describe('a picture that the model does not take', () => {
  test.each<[string, Attachment, Uint8Array, RegExp]>([
    ['HEIC', document('a.heic', 'image/heic'), HEIC, /in the HEIC format.*Send it as a photo/],
    ['HEIC without a type', document('A.HEIC', 'application/octet-stream'), HEIC, /in the HEIC format/],
    ['HEIC that is called JPEG', document('a.jpg', 'image/jpeg'), HEIC, /in the HEIC format/],
    ['TIFF', document('a.tif', 'image/tiff'), text('II*\0'), /in the TIFF format/],
    ['BMP', document('a.bmp', 'image/bmp'), text('BM'), /in the BMP format/],
    [
      'an animated GIF',
      document('a.gif', 'image/gif'),
      text('GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01\0\0,\0\0\0\0\x01\0\x01\0\0'),
      /cannot see animated pictures.*screenshot/,
    ],
    [
      'too many bytes, told',
      document('a.png', 'image/png', { size: 12_300_000 }),
      png(1, 1),
      /has 12.3 MB.*at most 0 MB/,
    ],
    ['too many bytes, found', document('a.png', 'image/png'), png(1, 1, 6_000), /at most 0 MB/],
    [
      'too many pixels',
      document('a.png', 'image/png'),
      png(9_000, 7_000),
      /9,000 × 7,000 pixels.*at most 1,000/,
    ],
    [
      'what is none',
      document('a.png', 'image/x-odd'),
      text('what?'),
      /not a picture that the AI model can read/,
    ],
  ])('%s is told exactly, with what to do', async (_what, attachment, bytes, words) => {
    await using bot = await TestChatbot.start({ ai: { model: sees } })
    const alone = { attachments: [attachment], files: { f: bytes } }
    expect(await bot.say('', alone)).toMatch(words)
    expect(bot.requests).toHaveLength(0)
    // words beside it are answered
    expect(await bot.say('What is it?', alone)).toMatch(/^ℹ️ [^]*You said “What is it\?”\.$/)
  })

  test.each<[string, Attachment, Uint8Array]>([
    ['HEIC', document('a.heic', 'image/heic', preview), HEIC],
    ['too large', document('a.png', 'image/png', preview), png(9_000, 7_000)],
  ])(
    '%s is looked at in the preview that Telegram has, and this is said',
    async (_what, attachment, bytes) => {
      await using bot = await TestChatbot.start({ ai: { model: sees } })
      const answer = await bot.say('What is it?', {
        attachments: [attachment],
        files: { f: bytes, p: PREVIEW },
      })
      expect(answer).toMatch(/small preview of it \(320 × 240\)\.\n\nYou said/)
      expect(bot.lastRequest.messages.at(-1)?.files).toMatchObject([
        { mediaType: 'image/jpeg', data: PREVIEW },
      ])
    },
  )
})

test('a photo that is too large is taken in the next smaller size', async () => {
  await using bot = await TestChatbot.start({ ai: { model: sees } })
  const photo: Attachment = {
    kind: 'photo',
    fileId: 'f',
    width: 2_560,
    height: 1_920,
    size: 9_000,
    previews: [
      { fileId: 'm', width: 1_280, height: 960, size: 3_000 },
      { fileId: 'n', width: 800, height: 600, size: 2_000 },
      { fileId: 'p', width: 320, height: 240 },
    ],
  }
  const answer = await bot.say('What is it?', { attachments: [photo], files: { n: PREVIEW, p: PREVIEW } })
  expect(answer).toBe('You said “What is it?”.')
  expect(bot.lastRequest.messages.at(-1)?.files).toHaveLength(1)
})

test('an SVG is read as the text that it is, with any model', async () => {
  await using bot = await TestChatbot.start()
  const attachment = document('a.svg', 'image/svg+xml')
  await bot.say('What is it?', {
    attachments: [attachment],
    files: { f: text('<svg><title>A cat</title></svg>') },
  })
  expect(bot.lastRequest.messages.at(-1)?.content).toContain('<title>A cat</title>')
})

describe('moving pictures', () => {
  const video: Attachment = { kind: 'video', fileId: 'f', width: 9, height: 9, duration: 12, ...preview }

  test('of a video, an animation or a video_note the model sees one', async () => {
    await using bot = await TestChatbot.start({ ai: { model: sees } })
    const answer = await bot.say('What is it?', { attachments: [video], files: { p: PREVIEW } })
    expect(answer).toMatch(/^ℹ️ I cannot watch videos\. I looked at one picture of it\.\n\nYou said/)
    const asked = bot.lastRequest.messages.at(-1)
    expect(asked?.content).toContain('[a video of 12 seconds; only one picture of it can be seen]')
    expect(asked?.files).toMatchObject([{ mediaType: 'image/jpeg', data: PREVIEW }])
  })

  test('a sticker means its emoji; without one, or when it is asked about, it is seen', async () => {
    await using bot = await TestChatbot.start({ ai: { model: sees } })
    const files = { f: text('\x1f\x8b\x08'), p: PREVIEW }
    const sticker: Attachment = { kind: 'sticker', fileId: 'f', ...preview }
    await bot.say('', { attachments: [{ ...sticker, emoji: '😎' }], files })
    expect(bot.lastRequest.messages.at(-1)).toMatchObject({ content: '[a sticker: 😎]' })
    expect(bot.lastRequest.messages.at(-1)?.files).toBeUndefined()
    await bot.say('', { attachments: [sticker], files })
    expect(bot.lastRequest.messages.at(-1)?.files).toHaveLength(1)
    const replyTo = { id: 1, text: '', fromBot: false, attachments: [{ ...sticker, emoji: '😎' }] }
    await bot.say('What is on it?', { replyTo, files })
    expect(bot.lastRequest.messages.at(-1)?.content).toContain('[a sticker: 😎]')
    expect(bot.lastRequest.messages.at(-1)?.files).toHaveLength(1)
    expect(await bot.say('', { attachments: [{ kind: 'sticker', fileId: 'f' }], files })).toMatch(
      /cannot see this sticker/,
    )
  })

  test('a live_photo is a photo', async () => {
    await using bot = await TestChatbot.start({ ai: { model: sees } })
    await bot.say('', {
      attachments: [{ kind: 'photo', fileId: 'p', width: 1, height: 1 }],
      files: { p: PREVIEW },
    })
    expect(bot.lastRequest.messages.at(-1)?.files).toHaveLength(1)
  })
})

describe('files that the provider refuses', () => {
  const photo = {
    attachments: [{ kind: 'photo', fileId: 'p', width: 1, height: 1 } as const],
    files: { p: PREVIEW },
  }

  test.each(['ai-file-refused', 'ai-refused', 'ai-too-long'] as const)(
    '%s: asked again without them, and this is said',
    async (code) => {
      await using bot = await TestChatbot.start({ ai: { model: sees } })
      bot.script = ({ messages }) =>
        messages.at(-1)?.files
          ? failingAfter([], new AiError(code, 'No pictures here.'))
          : ['It is a question.']
      expect(await bot.say('What is it?', photo)).toMatch(
        /^ℹ️ The AI service did not accept the picture[^\n]+\n\nIt is a question\.$/,
      )
      expect(bot.lastRequest.system).toContain('which you cannot see')
      expect(await bot.say('', photo)).toMatch(/^The AI service did not accept the picture\. Send it/)
    },
  )

  test('another failure is no reason to leave them out', async () => {
    await using bot = await TestChatbot.start({ ai: { model: sees } })
    bot.script = () => failingAfter([])
    expect(await bot.say('What is it?', photo)).toContain("isn't responding")
    expect(bot.requests).toHaveLength(1)
  })
})
