/**
 * The chat driver's types, as used by the assistant's HTTP API. Types only, so that no emulator
 * code is bundled.
 */
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
