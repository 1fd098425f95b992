import { z } from '@pluggram/sdk'

const DEFAULT_SYSTEM_PROMPT = `You are a helpful assistant in a Telegram chat.
Answer in the language the user writes in. Be clear and brief; a chat is no place for essays.
Use Markdown where it helps: bold, lists, code. When you do not know something, say so.`

export const configuration = z.object({
  system_prompt: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .default(DEFAULT_SYSTEM_PROMPT)
    .describe('How the model should behave. Name, date, chat and commands are added to it.'),
  history_messages: z
    .int()
    .min(0)
    .max(400)
    .default(40)
    .describe('How many messages of a chat the model is reminded of; 0 remembers nothing.'),
})

export type Configuration = z.infer<typeof configuration>
