export { createBotApiEmulator } from './create-bot-api-emulator.ts'
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
} from './drive-types.ts'
export type { BotApiEmulator } from './emulator.ts'
export { registerChatDriver } from './http/driver-routes.ts'
export type { BotApiEmulatorOptions } from './options.ts'
export { exampleMessageFields, updateKinds } from './message-content.ts'
