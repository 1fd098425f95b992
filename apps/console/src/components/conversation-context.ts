import { createContext, use } from 'react'
import type { TranscriptMessage } from '../api/driver-types.ts'

/** What a bubble can request from its conversation. */
export interface ConversationUi {
  readonly openMenu: (message: TranscriptMessage, x: number, y: number) => void
  readonly openPhoto: (source: string, name: string) => void
  readonly goToMessage: (messageId: number) => void
  readonly sendCommand: (command: string) => void
}

export const ConversationContext = createContext<ConversationUi | undefined>(undefined)

export function useConversation(): ConversationUi {
  const conversation = use(ConversationContext)
  if (conversation === undefined) throw new Error('useConversation needs a ConversationContext around it')
  return conversation
}
