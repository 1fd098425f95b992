import { z } from '@pluggram/sdk'

const DEFAULT_SYSTEM_PROMPT = `You are a helpful assistant in a Telegram chat.
Be clear and brief; do not write essays.
Use Markdown where it helps: bold, lists, code. When you do not know something, say so.`

const prompt = z.string().trim().min(1).max(20_000)

/** A persona's name is shown in a button: short, and without characters that need escaping. */
const personaName = z.string().regex(/^[a-z0-9_-]{1,32}$/, 'a name of 1 to 32 of a-z, 0-9, _ and -')

export const respondModes = ['when_addressed', 'always', 'never'] as const

export const configuration = z.object({
  system_prompt: prompt
    .default(DEFAULT_SYSTEM_PROMPT)
    .describe(
      'How the model should behave. Name, time, chat, commands and what is remembered are added to it.',
    ),
  personas: z
    .record(
      personaName,
      z.object({
        prompt: prompt.describe('Stands in place of system_prompt.'),
        description: z.string().max(100).optional().describe('A few words for the list of /persona.'),
      }),
    )
    .default({})
    .describe('Other ways to behave, by name. /persona chooses one for a chat.'),
  persona_role: z
    .enum(['everyone', 'trusted', 'owner'])
    .default('trusted')
    .describe('Who may change things with /persona and /respond, and in groups with /model.'),
  groups: z
    .enum(respondModes)
    .default('when_addressed')
    .describe(
      'What is answered in groups: messages that mention the assistant or reply to it, all messages, or none.',
    ),
  chats: z
    .record(
      z.string().regex(/^-?\d{1,16}$/, 'the id of a chat'),
      z.object({
        persona: personaName.optional().describe('The persona of this chat.'),
        respond: z.enum(respondModes).optional().describe('What is answered in this group.'),
      }),
    )
    .default({})
    .describe('What holds for single chats, by the id of the chat. Commands in the chat win over it.'),
  history_messages: z
    .int()
    .min(0)
    .max(400)
    .default(40)
    .describe('How many messages of a chat the model is reminded of; 0 remembers nothing.'),
  history_tokens: z
    .int()
    .min(500)
    .max(100_000)
    .default(8_000)
    .describe('How much of a chat the model is reminded of, in tokens (estimated: four bytes each).'),
  summaries: z
    .boolean()
    .default(true)
    .describe('Whether the model sums up what no longer fits, so that it is not forgotten.'),
  retention_days: z
    .int()
    .min(0)
    .max(3_650)
    .default(90)
    .describe('Conversations are forgotten that many days after they were said; 0 keeps them.'),
  facts: z
    .enum(['off', 'on_request', 'on'])
    .default('on')
    .describe(
      'Long-term facts about users: none, only those given with /remember, or also those the model notes by itself.',
    ),
  show_pictures: z
    .boolean()
    .default(true)
    .describe(
      'Whether a picture that the model names by its address is fetched and shown. One that texts of others may have led to stays a link.',
    ),
  spoken_replies: z
    .enum(['never', 'to_voice', 'always'])
    .default('never')
    .describe(
      'Which answers come as voice messages: none, those to voice messages, or all. Needs a model for speech (ai.speech_model).',
    ),
})

export type Configuration = z.infer<typeof configuration>
export type RespondMode = (typeof respondModes)[number]
