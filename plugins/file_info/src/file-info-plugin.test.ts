import { expect, test } from 'vitest'
import type { Attachment } from '@pluggram/sdk'
import { collectText, createScriptedAi, createTestServices, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { describeFile, formatDuration, formatSize } from './describe-file.ts'
import FileInfoPlugin from './index.ts'

installLeakCheck()

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const files = { 'file-1': new TextEncoder().encode('abc') }
const DOCUMENT = {
  kind: 'document',
  fileId: 'file-1',
  fileName: 'notes.txt',
  mimeType: 'text/plain',
  size: 3,
} as const

const MODEL = createScriptedAi([])
const withDemo = (overrides: object = {}) =>
  createTestServices({
    ai: { ...MODEL, model: async () => ({ id: 'demo', isDemo: true }) },
    ...overrides,
  })
const withMedia = (attachment: Attachment): { attachments: Attachment[]; files: typeof files } => ({
  attachments: [attachment],
  files,
})

test.each<[Attachment, string]>([
  [DOCUMENT, `📄 Document\nName: notes.txt\nType: text/plain\nSize: 3 bytes\nSHA-256: ${ABC}`],
  [
    { kind: 'photo', fileId: 'file-1', width: 640, height: 480 },
    `🖼 Photo\nSize: 3 bytes\nDimensions: 640 × 480\nSHA-256: ${ABC}`,
  ],
  [
    { kind: 'voice', fileId: 'file-1', duration: 65 },
    `🎙 Voice message\nSize: 3 bytes\nDuration: 1:05\nSHA-256: ${ABC}`,
  ],
  [
    { kind: 'audio', fileId: 'file-1', duration: 3_665, title: 'Song' },
    `🎵 Audio\nTitle: Song\nSize: 3 bytes\nDuration: 1:01:05\nSHA-256: ${ABC}`,
  ],
  [
    { kind: 'video', fileId: 'file-1', duration: 1, width: 2, height: 3 },
    `🎬 Video\nSize: 3 bytes\nDimensions: 2 × 3\nDuration: 0:01\nSHA-256: ${ABC}`,
  ],
])('$kind is described with its checksum', async (attachment, text) => {
  await using plugin = await runPlugin(FileInfoPlugin, { services: withDemo() })
  expect(await collectText(await plugin.send('look', withMedia(attachment)))).toBe(text)
  expect(await plugin.status()).toEqual({ status: 'active', files_seen: 1 })
})

test('a location is answered with coordinates and a map', async () => {
  await using plugin = await runPlugin(FileInfoPlugin, { services: withDemo() })
  const result = await plugin.send(
    '',
    withMedia({ kind: 'location', latitude: 52.520_008, longitude: -13.4 }),
  )
  expect(await collectText(result)).toBe(
    '📍 Location\nCoordinates: 52.52001, -13.40000\nhttps://www.openstreetmap.org/?mlat=52.520008&mlon=-13.4#map=16/52.520008/-13.4',
  )
})

test('text, stickers and contacts are left to other plugins', async () => {
  await using plugin = await runPlugin(FileInfoPlugin, { services: withDemo() })
  expect(await plugin.send('hello')).toBeUndefined()
  expect(await plugin.send('', withMedia({ kind: 'sticker', fileId: 's' }))).toBeUndefined()
  expect(await plugin.send('', withMedia({ kind: 'contact', phoneNumber: '1', name: 'A' }))).toBeUndefined()
})

test('the button sends the file back as the kind it was, however long its id', async () => {
  const fileId = 'F'.repeat(120)
  await using plugin = await runPlugin(FileInfoPlugin, { services: withDemo() })
  const result = await plugin.send('', {
    attachments: [{ ...DOCUMENT, fileId }],
    files: { [fileId]: new Uint8Array([1]) },
  })
  expect(result).toMatchObject({
    response: [{ buttons: [[{ text: '↩️ Send it back', data: expect.stringMatching(/^.{22}$/) }]] }],
  })
  const [, key = ''] = /"data":"([^"]+)"/.exec(JSON.stringify(result)) ?? []
  expect(await plugin.press(key)).toEqual({
    success: true,
    response: { media: { kind: 'document', source: { fileId } } },
  })
  expect(await plugin.press(key, { chat: { id: 77 } })).toMatchObject({ success: false })
  expect(await plugin.press('unknown')).toEqual({
    success: false,
    error: 'I no longer remember that file. Please send it again.',
  })
})

test('without checksums the file is not read', async () => {
  await using plugin = await runPlugin(FileInfoPlugin, {
    services: withDemo(),
    config: { show_checksum: false },
  })
  expect(await collectText(await plugin.send('', { attachments: [DOCUMENT] }))).toBe(
    '📄 Document\nName: notes.txt\nType: text/plain\nSize: 3 bytes',
  )
})

test('a file that cannot be read is still described', async () => {
  const services = withDemo()
  await using plugin = await runPlugin(FileInfoPlugin, { services })
  expect(await collectText(await plugin.send('', { attachments: [DOCUMENT] }))).toContain(
    'The file could not be downloaded.',
  )
  expect(services.logLines).toMatchObject([{ level: 'warn', message: 'A file could not be read' }])
  const large = { ...DOCUMENT, size: 21_000_000 }
  expect(await collectText(await plugin.send('', withMedia(large)))).toContain(
    '20 MB (21,000,000 bytes)\nIt is over 20 MB',
  )
})

test('a hostile file name stays on its line', () => {
  const fileName = `a\nSHA-256: fake\u202Etxt.exe${'x'.repeat(300)}`
  const [, line, ...rest] = describeFile({ kind: 'document', fileId: 'f', fileName }, {}).split('\n')
  expect(line).toMatch(/^Name: a SHA-256: fake txt\.exex+…$/)
  expect(rest).toEqual([])
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1_023, '1,023 bytes'],
  [1_024, '1.0 KB (1,024 bytes)'],
  [1_500, '1.5 KB (1,500 bytes)'],
  [1_234_567, '1.2 MB (1,234,567 bytes)'],
  [20_000_000, '19 MB (20,000,000 bytes)'],
  [5e9, '4.7 GB (5,000,000,000 bytes)'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
})

test('durations are rounded to seconds', () => {
  expect([0, 59.6, 3_599, 3_600].map((seconds) => formatDuration(seconds))).toEqual([
    '0:00',
    '1:00',
    '59:59',
    '1:00:00',
  ])
})

test('with a model, files are left to it; /file describes them all the same', async () => {
  await using plugin = await runPlugin(FileInfoPlugin, { services: createTestServices({ ai: [] }) })
  expect(await plugin.send('What is this?', withMedia(DOCUMENT))).toBeUndefined()
  const replyTo = { id: 1, text: '', fromBot: false, attachments: [DOCUMENT] }
  expect(await collectText(await plugin.send('/file', { replyTo, files }))).toContain('Name: notes.txt')
  expect(await collectText(await plugin.send('/file', withMedia(DOCUMENT)))).toContain('Name: notes.txt')
  expect(await plugin.send('/file')).toMatchObject({ success: false })
})

test('in a group, only files that are meant for the assistant are described', async () => {
  await using plugin = await runPlugin(FileInfoPlugin, { services: withDemo() })
  const group = { ...withMedia(DOCUMENT), chat: { id: -5, type: 'group' as const } }
  expect(await plugin.send('look', { ...group, isAddressed: false })).toBeUndefined()
  expect(await plugin.send('look', { ...group, isAddressed: true })).toMatchObject({ success: true })
})
