import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import type { Session } from './assistant.ts'
import { botMessages } from './emulator.ts'

/** The alerts in somebody's private chat, and their ends, the oldest first. */
export async function alertsIn(driver: Session, who: EmulatedUser): Promise<TranscriptMessage[]> {
  return (await botMessages(driver, who.id, 0)).filter(({ text }) => /^[⚠✅]/u.test(text))
}
