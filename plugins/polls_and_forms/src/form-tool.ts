import { z } from '@pluggram/sdk'
import type { ToolContext } from '@pluggram/sdk'
import type { Configuration } from './form-definition.ts'
import { Forms } from './forms.ts'
import { TEXTS } from './texts.ts'

export const openFormSchema = z.object({
  form: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,30}$/)
    .optional()
    .describe('The name of the form; without it the forms are listed'),
})

/** Shows a form or the list of forms, as `/form` does. */
export async function openFormForModel(
  { form = '' }: z.infer<typeof openFormSchema>,
  context: ToolContext<Configuration>,
): Promise<unknown> {
  if (context.chat.id === 0) return { error: TEXTS.formsOnlyWorkChat }
  const result = await new Forms(context.config, context.services.store).open(form, context)
  if (!result.success) return { error: result.error }
  if (typeof result.response !== 'object' || !('text' in result.response)) return result.response
  await context.reply(result.response)
  return form === '' ? TEXTS.formsChat : TEXTS.firstQuestionChat
}
