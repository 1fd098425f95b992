import { expect, test } from 'vitest'
import { createBotApiEmulator } from './create-bot-api-emulator.ts'

test('an emulator goes on from the saved state of another: chats, files, waiting updates, token', async () => {
  const first = await createBotApiEmulator()
  const ada = first.driver.createUser({ firstName: 'Ada' })
  first.driver.sendMessage(ada.id, { userId: ada.id, text: 'hello' })
  const bytes = new Uint8Array([1, 2, 3])
  const sent = first.driver.sendFile(ada.id, {
    userId: ada.id,
    kind: 'document',
    bytes,
    fileName: 'a.bin',
    mimeType: 'application/x-a',
  })
  const state = first.saveState()
  const transcript = first.driver.transcript(ada.id)
  await first.close()

  const second = await createBotApiEmulator({ state })
  expect(second.token).toBe(first.token)
  expect(second.driver.state()).toEqual(first.driver.state())
  expect(second.driver.transcript(ada.id)).toEqual(transcript)
  expect([...second.driver.file(sent.attachments[0]?.fileId ?? '').bytes]).toEqual([1, 2, 3])
  const answer = await fetch(`${second.url}/bot${second.token}/getUpdates`)
  const { result } = (await answer.json()) as { result: { update_id: number; message?: { text?: string } }[] }
  expect(result.map((update) => update.message?.text)).toEqual(['hello', undefined])
  second.driver.sendMessage(ada.id, { userId: ada.id, text: 'again' })
  expect(second.driver.transcript(ada.id).map((message) => message.id)).toEqual([1, 2, 3])
  await second.close()
})

test('a state of another kind is refused', async () => {
  await expect(createBotApiEmulator({ state: new Uint8Array([1, 2, 3]) })).rejects.toThrow(
    /deserialize|release|version/i,
  )
})
