import { refusalFor } from '@pluggram/sdk'
import type { Button, MessageContext, PluginResult } from '@pluggram/sdk'
import { DEFAULT_PERSONA } from './chat-settings.ts'
import type { ChatSettings } from './chat-settings.ts'
import { respondModes } from './configuration.ts'
import type { Configuration, RespondMode } from './configuration.ts'
import { mayChange, refusal } from './permission.ts'
import { TEXTS } from './texts.ts'

type Parts = { readonly config: Configuration; readonly settings: ChatSettings }

const MAX_PROMPT_CHARACTERS = 4_000
const RESPOND_WORDS: Readonly<Record<RespondMode, string>> = {
  when_addressed: 'messages that mention me or reply to me',
  always: 'every message',
  never: 'no messages, only commands',
}

/**
 * `/persona` lists the personas. `/persona NAME` chooses one for this chat, `/persona WORDS`
 * defines one.
 */
export async function personaCommand(
  args: string,
  context: MessageContext,
  parts: Parts,
): Promise<PluginResult> {
  if (args === '') return { success: true, response: await personaList(context, parts) }
  if (!mayChange(context, parts.config)) return refusal(parts.config)
  const isName = args === DEFAULT_PERSONA || Object.hasOwn(parts.config.personas, args)
  if (!isName && !/\s/.test(args)) {
    // a single word is a misspelled name, not a description
    const names = [DEFAULT_PERSONA, ...Object.keys(parts.config.personas)]
    return {
      success: false,
      error: TEXTS.noStyleChooseDescribe(args.slice(0, 64), names.join(', ')),
    }
  }
  if (!isName && args.length > MAX_PROMPT_CHARACTERS) {
    return { success: false, error: TEXTS.thatsTooLongMaximum(MAX_PROMPT_CHARACTERS) }
  }
  await parts.settings.setPersona(context.chat, isName ? { name: args } : { prompt: args })
  const named = args === DEFAULT_PERSONA ? TEXTS.backNormalStyle : TEXTS.styleChatNow(args)
  const told = isName ? named : TEXTS.okChangedStyleChat
  return { success: true, response: told }
}

/** A button of the list was pressed. */
export async function personaPress(
  name: string,
  context: MessageContext,
  parts: Parts,
): Promise<PluginResult> {
  if (!mayChange(context, parts.config)) return refusal(parts.config)
  if (name !== DEFAULT_PERSONA && !Object.hasOwn(parts.config.personas, name)) {
    return { success: false, error: TEXTS.styleNoLongerExists }
  }
  await parts.settings.setPersona(context.chat, { name })
  return {
    success: true,
    response: { ...(await personaList(context, parts)), editMessageId: context.message.id },
  }
}

async function personaList(
  context: MessageContext,
  { config, settings }: Parts,
): Promise<{ text: string; buttons?: Button[][] }> {
  const current = await settings.persona(context.chat)
  const entries = [
    { name: DEFAULT_PERSONA, description: 'my normal style' },
    ...Object.entries(config.personas).map(([name, { description }]) => ({ name, description })),
  ]
  const lines = entries.map(
    ({ name, description }) =>
      `${name === current.name ? '●' : '○'} ${name}${description ? ` – ${description}` : ''}`,
  )
  if (current.name === 'custom') lines.push(`● custom – ${current.prompt}`)
  const isAllowed = mayChange(context, config)
  const hint = isAllowed ? TEXTS.chooseOneWriteOwn : refusalFor(config.persona_role)
  const text = TEXTS.styleChat(lines.join('\n'), hint)
  if (!isAllowed) return { text }
  const buttons = entries.map(({ name }) => ({ text: name, data: `persona:${name}` }))
  return { text, buttons: rowsOf(buttons, 3) }
}

/** `/respond`: chooses which messages are answered in this group. */
export async function respondCommand(
  args: string,
  context: MessageContext,
  parts: Parts,
): Promise<PluginResult> {
  if (context.chat.type === 'private') {
    return { success: true, response: TEXTS.respondGroupsAnswerEverything }
  }
  const mode = respondModes.find((known) => known === args.toLowerCase())
  if (mode === undefined) {
    const current = await parts.settings.respond(context.chat)
    const modes = respondModes.map((known) => `/respond ${known} – ${RESPOND_WORDS[known]}`)
    return {
      success: true,
      response: TEXTS.groupAnswer(RESPOND_WORDS[current], modes.join('\n')),
    }
  }
  if (!mayChange(context, parts.config)) return refusal(parts.config)
  await parts.settings.setRespond(context.chat, mode)
  const told = TEXTS.okNowAnswerGroup(RESPOND_WORDS[mode])
  const isHidden = mode === 'always' && !(await context.groupRights()).botSeesAllMessages
  return { success: true, response: isHidden ? `${told}\n\n${TEXTS.privacyModeOn}` : told }
}

function rowsOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, row) =>
    items.slice(row * size, (row + 1) * size),
  )
}
