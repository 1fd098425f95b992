import { createHash } from 'node:crypto'
import type { AiSubject, MessageContext, ModelChoice, PluginResult, Reply } from '@pluggram/sdk'
import type { ChatbotParts } from './conversation.ts'
import { mayChange, refusal } from './permission.ts'
import { TEXTS } from './texts.ts'

type Parts = Pick<ChatbotParts, 'config' | 'services'>

const DEFAULT = 'default'

/**
 * `/model` lists the models to choose from, with a button for each; `/model NAME` chooses one. A
 * choice belongs to the user, or in a group to the group.
 */
export async function modelCommand(
  name: string,
  context: MessageContext,
  parts: Parts,
): Promise<PluginResult> {
  if (name === '') return { success: true, response: await list(context, parts) }
  if (!mayChoose(context, parts)) return refusal(parts.config)
  const { ai } = parts.services
  const choices = await ai.models(subjectOf(context))
  const choice = choices.find(({ id }) => id === name)
  if (name !== DEFAULT && !choice) {
    const names = [...choices.map(({ id }) => id), DEFAULT].join(', ')
    return { success: false, error: TEXTS.cannotChosen(name.slice(0, 64), names) }
  }
  await choose(choice, context, parts)
  return { success: true, response: await list(context, parts) }
}

/** A button of the list was pressed. */
export async function modelPress(key: string, context: MessageContext, parts: Parts): Promise<PluginResult> {
  if (!mayChoose(context, parts)) return refusal(parts.config)
  const { ai } = parts.services
  const choice = (await ai.models(subjectOf(context))).find(({ id }) => keyOf(id) === key)
  if (key !== DEFAULT && !choice) {
    return { success: false, error: TEXTS.modelNoLongerAvailable }
  }
  await choose(choice, context, parts)
  return { success: true, response: { ...(await list(context, parts)), editMessageId: context.message.id } }
}

/** Choosing the default stores no choice, so it follows when the owner changes the default. */
async function choose(
  choice: ModelChoice | undefined,
  context: MessageContext,
  { services }: Parts,
): Promise<void> {
  await services.ai.choose(choice && !choice.isDefault ? choice.id : null, subjectOf(context))
}

async function list(context: MessageContext, parts: Parts): Promise<Reply> {
  const { ai } = parts.services
  const subject = subjectOf(context)
  const [choices, current] = await Promise.all([ai.models(subject), ai.model(subject)])
  const isPrivate = context.chat.type === 'private'
  if (choices.length < 2) {
    return {
      text: TEXTS.usingOnlyModelAvailable(current.id),
    }
  }
  const lines = choices.map((choice) => `${choice.isCurrent ? '●' : '○'} ${describe(choice)}`)
  const scope = isPrivate
    ? TEXTS.pickModelChats
    : choices.some(({ isCurrent, isDefault }) => isCurrent && isDefault)
      ? TEXTS.pickModelGroup
      : TEXTS.pickModelGroup
  const head = TEXTS.now(current.id, scope)
  const text = [head, ...lines].join('\n')
  if (!mayChoose(context, parts)) return { text }
  const buttons = choices.map((choice) => [
    { text: describe(choice), data: `model:${choice.isDefault ? DEFAULT : keyOf(choice.id)}` },
  ])
  return { text, buttons }
}

function describe({ id, isDefault }: ModelChoice): string {
  return isDefault ? `${id} (default)` : id
}

function mayChoose(context: MessageContext, { config }: Parts): boolean {
  return context.chat.type === 'private' || mayChange(context, config)
}

function subjectOf({ chat, user }: MessageContext): AiSubject {
  return chat.type === 'private' ? { user } : { chat }
}

/** A model's name may be too long for a button. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 12)
}
