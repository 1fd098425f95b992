export { createTelegramService } from './telegram/telegram-service.ts'
export type { TelegramServiceOptions } from './telegram/telegram-service.ts'
