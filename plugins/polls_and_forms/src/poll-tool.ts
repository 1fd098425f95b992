import { z } from '@pluggram/sdk'
import type { ToolContext } from '@pluggram/sdk'
import type { Configuration } from './form-definition.ts'
import { checkPoll, PollError } from './poll.ts'
import { Polls } from './polls.ts'
import { TEXTS } from './texts.ts'

export const pollToolSchema = z.object({
  question: z.string().trim().min(1).max(300).describe('For example "Lunch?"'),
  answers: z.array(z.string().trim().min(1).max(60)).min(2).max(12).describe('For example ["Pizza", "Soup"]'),
})

/** Posts a poll, as `/poll` does. The answer has no words of it. */
export async function pollForModel(
  { question, answers }: z.infer<typeof pollToolSchema>,
  context: ToolContext<Configuration>,
): Promise<unknown> {
  if (context.chat.id === 0) return { error: TEXTS.pollsOnlyWorkChat }
  const { config, services } = context
  try {
    const polls = new Polls(services.store, config.keep_polls_days)
    await context.reply(await polls.create(checkPoll(question, answers), context))
    return TEXTS.pollChat
  } catch (error) {
    if (error instanceof PollError) return { error: error.message }
    throw error
  }
}
