import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TINY_PNG } from '../testing/bot-api-client.ts'
import { openMethodStage, png } from '../testing/method-stage.ts'
import type { MethodStage } from '../testing/method-stage.ts'

let stage: MethodStage

beforeEach(async () => {
  stage = await openMethodStage()
})

afterEach(async () => {
  await stage.emulator.close()
})

describe('files', () => {
  it('go up by any of three ways and come down again', async () => {
    const direct = await stage.upload(
      'sendPhoto',
      { chat_id: String(stage.chatId), caption: '*c*', parse_mode: 'Markdown' },
      { photo: png() },
    )
    expect(direct.result.photo).toHaveLength(3)
    expect(direct.result.photo.at(-1)).toMatchObject({ width: 3, height: 2, file_size: TINY_PNG.length })
    expect(direct.result).toMatchObject({ caption: 'c', caption_entities: [{ type: 'bold' }] })

    const attached = await stage.upload(
      'sendDocument',
      { chat_id: String(stage.chatId), document: 'attach://thing' },
      { thing: png() },
    )
    expect(attached.result.document).toMatchObject({ file_name: 'thing.png', mime_type: 'image/png' })

    const fileId = direct.result.photo[0].file_id
    const again = await stage.result('sendPhoto', { chat_id: stage.chatId, photo: fileId })
    expect(again.photo[0].file_unique_id).toBe(direct.result.photo[0].file_unique_id)

    const file = await stage.result('getFile', { file_id: fileId })
    const bytes = await fetch(`${stage.emulator.url}/file/bot${stage.emulator.token}/${file.file_path}`)
    expect(Buffer.from(await bytes.arrayBuffer()).equals(TINY_PNG)).toBe(true)
  })

  it('are refused where Telegram refuses them', async () => {
    const id = String(stage.chatId)
    const text = new Blob(['not an image'])
    expect((await stage.upload('sendPhoto', { chat_id: id }, { photo: text })).description).toBe(
      'Bad Request: IMAGE_PROCESS_FAILED',
    )
    expect(
      (await stage.upload('sendDocument', { chat_id: id }, { document: new Blob([]) })).description,
    ).toBe('Bad Request: file must be non-empty')
    expect(await stage.refusal('sendPhoto', { chat_id: stage.chatId })).toBe(
      '400 Bad Request: there is no photo in the request',
    )
    expect(await stage.refusal('sendPhoto', { chat_id: stage.chatId, photo: 'nonsense' })).toBe(
      '400 Bad Request: wrong file identifier/HTTP URL specified',
    )
    expect(await stage.refusal('sendPhoto', { chat_id: stage.chatId, photo: 'https://e.org/x.png' })).toBe(
      '400 Bad Request: failed to get HTTP URL content',
    )
    expect(await stage.refusal('getFile', { file_id: 'nonsense' })).toBe('400 Bad Request: invalid file_id')
    const long = await stage.upload('sendPhoto', { chat_id: id, caption: 'x'.repeat(1025) }, { photo: png() })
    expect(long.description).toBe('Bad Request: message caption is too long')
    const voice = await stage.upload('sendVoice', { chat_id: id, duration: '3' }, { voice: text })
    expect(voice.result.voice.duration).toBe(3)
    expect(
      await stage.refusal('sendPhoto', { chat_id: stage.chatId, photo: voice.result.voice.file_id }),
    ).toBe("400 Bad Request: can't use file of type VoiceNote as Photo")
  })

  it('over 20 MB can be sent but not downloaded', async () => {
    const big = new Blob([Buffer.alloc(20 * 1024 * 1024 + 1)])
    const sent = await stage.upload('sendDocument', { chat_id: String(stage.chatId) }, { document: big })
    expect(await stage.refusal('getFile', { file_id: sent.result.document.file_id })).toBe(
      '400 Bad Request: file is too big',
    )
  })

  it('over 50 MB in one request are refused', async () => {
    const half = new Blob([Buffer.alloc(26 * 1024 * 1024)])
    const media = JSON.stringify([
      { type: 'document', media: 'attach://a' },
      { type: 'document', media: 'attach://b' },
    ])
    const answer = await stage.upload(
      'sendMediaGroup',
      { chat_id: String(stage.chatId), media },
      { a: half, b: half },
    )
    expect(answer).toEqual({ ok: false, error_code: 413, description: 'Request Entity Too Large' })
  })

  it('of every kind fit their message and show in the transcript', async () => {
    const id = String(stage.chatId)
    for (const kind of ['audio', 'video', 'animation', 'video_note', 'sticker']) {
      const method = `send${kind.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}`
      const sent = await stage.upload(method, { chat_id: id }, { [kind]: png() })
      expect(sent.result[kind].file_size).toBe(TINY_PNG.length)
      expect(stage.emulator.driver.transcript(stage.chatId).at(-1)?.attachments[0]?.kind).toBe(kind)
    }
  })

  it('travel together as an album', async () => {
    const media = JSON.stringify([
      { type: 'photo', media: 'attach://a', caption: 'first' },
      { type: 'photo', media: 'attach://b' },
    ])
    const sent = await stage.upload(
      'sendMediaGroup',
      { chat_id: String(stage.chatId), media },
      { a: png(), b: png() },
    )
    expect(sent.result).toHaveLength(2)
    expect(sent.result[0].media_group_id).toBe(sent.result[1].media_group_id)
  })
})
