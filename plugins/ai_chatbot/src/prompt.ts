import type { AssistantDirectory, MessageContext } from '@pluggram/sdk'

const MAX_COMMANDS = 80

/** Everything the model is told besides the conversation. */
export function systemPrompt(
  instructions: string,
  assistant: AssistantDirectory,
  { chat, user, message }: Pick<MessageContext, 'chat' | 'user' | 'message'>,
): string {
  const facts = [`Your name is ${oneLine(assistant.name)}. Today is ${dayOf(message.date)} (UTC).`]
  if (chat.type === 'private') {
    const language = user.languageCode ? ` The language of the app is "${oneLine(user.languageCode)}".` : ''
    facts.push(`This is a private chat with ${nameOf(user)}.${language}`)
  } else {
    const title = chat.title ? ` "${oneLine(chat.title)}"` : ''
    facts.push(
      `This is the group${title}. Each message of a person begins with that person's name and a colon; do not begin yours like that.`,
    )
  }
  if (message.attachments.length > 0) {
    facts.push(
      `The last message came with ${attachmentNames(message.attachments)}, which you cannot see. Say so if it matters.`,
    )
  }
  const commands = commandLines(assistant)
  if (commands.length > 0) {
    facts.push(
      `People can send these commands here. You cannot run them yourself; when one does what is wanted, name it as it stands, so that it can be tapped:\n${commands.join('\n')}`,
    )
  }
  return [instructions, ...facts].join('\n\n')
}

/** The user's turn as the model reads it: in a group with the writer's name, and with the message it answers. */
export function userTurn(
  text: string,
  { chat, user, message }: Pick<MessageContext, 'chat' | 'user' | 'message'>,
): string {
  const spoken = chat.type === 'private' ? text : `${nameOf(user)}: ${text}`
  const { replyTo } = message
  // what the assistant said itself stands in the conversation already
  return replyTo && !replyTo.fromBot && replyTo.text
    ? `${spoken}\n\n[answers this message: “${oneLine(replyTo.text, 500)}”]`
    : spoken
}

/** “a photo”, “a voice message and 2 documents” … */
export function attachmentNames(attachments: MessageContext['message']['attachments']): string {
  const kinds = [...new Set(attachments.map(({ kind }) => kind))]
  return kinds.map((kind) => NAMES[kind]).join(' and ')
}

const NAMES: Readonly<Record<MessageContext['message']['attachments'][number]['kind'], string>> = {
  photo: 'a photo',
  document: 'a file',
  voice: 'a voice message',
  audio: 'an audio file',
  video: 'a video',
  sticker: 'a sticker',
  location: 'a location',
  contact: 'a contact',
}

function commandLines(assistant: AssistantDirectory): string[] {
  return assistant
    .plugins()
    .flatMap(({ commands }) => commands)
    .slice(0, MAX_COMMANDS)
    .map(({ name, usage, description }) => {
      const written = usage?.startsWith(`/${name}`) ? oneLine(usage) : `/${name}`
      return `- ${written}: ${oneLine(description, 256)}`
    })
}

function nameOf({ firstName, lastName }: MessageContext['user']): string {
  // a colon would make the name end early for the model
  return oneLine([firstName, lastName].filter(Boolean).join(' ').replaceAll(':', ' ')) || 'Somebody'
}

function dayOf(date: Date): string {
  const weekday = date.toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })
  return `${weekday}, ${date.toISOString().slice(0, 10)}`
}

function oneLine(text: string, maximum = 64): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, maximum).toWellFormed()
}
