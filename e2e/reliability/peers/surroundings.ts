import { echoParts } from '../support/echo.ts'

export interface PeerSurroundings {
  readonly token: string
  readonly apiRoot: string
  /** The same work and the same answer as Pluggram's echo plugin. */
  answer(text: string, reply: (part: string) => Promise<unknown>): Promise<void>
}

/** Reads the harness's settings for bots other than Pluggram. */
export function readSurroundings(): PeerSurroundings {
  const { BOT_TOKEN: token, API_ROOT: apiRoot, WORK_URL: workUrl } = process.env
  if (!token || !apiRoot || !workUrl) throw new Error('BOT_TOKEN, API_ROOT and WORK_URL are not set')
  return {
    token,
    apiRoot,
    async answer(text, reply) {
      const response = await fetch(workUrl, { method: 'POST', body: text })
      await response.text()
      for (const part of echoParts(text)) await reply(part)
    },
  }
}
