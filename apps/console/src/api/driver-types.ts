/** The chat driver's shapes, as the assistant's HTTP API speaks them. Types only: no emulator code reaches the page. */
export type {
  BotCommandEntry,
  DriverEvent,
  DriverState,
  EmulatedChat,
  EmulatedUser,
  NewChat,
  NewUser,
  OutgoingText,
  TranscriptAttachment,
  TranscriptButton,
  TranscriptDraft,
  TranscriptMessage,
} from '@pluggram/bot-api-emulator'
