export type { RecordedCall } from './call-journal.ts'
export type { EmulatorControl } from './control.ts'
export { createBotApiEmulator } from './create-bot-api-emulator.ts'
export type {
  AttachmentKind,
  BotCommandEntry,
  ChatDriver,
  DriverEvent,
  DriverState,
  EmulatedChat,
  EmulatedChatType,
  EmulatedUser,
  NewChat,
  NewUser,
  OutgoingFile,
  OutgoingText,
  TranscriptAttachment,
  TranscriptButton,
  TranscriptDraft,
  TranscriptMessage,
} from './drive-types.ts'
export { DriverError } from './driver-error.ts'
export type { BotApiEmulator } from './emulator.ts'
export type { Fault, FaultEffect } from './faults.ts'
export { FaultInjector } from './faults.ts'
export { registerChatDriver } from './http/driver-routes.ts'
export type { BotApiEmulatorOptions, EmulatorLogger } from './options.ts'
