import { createHash } from 'node:crypto'
import { hasRole, isPluggramError, refusalFor } from '@pluggram/sdk'
import type { Attachment, MessageContext, PluginResult } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { MAX_BYTES } from './learner.ts'
import type { Learner, Material } from './learner.ts'
import { DocumentProblem, documentKind } from './read-document.ts'
import { describeScope, ownScope } from './scope.ts'
import type { Scope } from './scope.ts'
import { TEXTS } from './texts.ts'

type FileAttachment = Extract<Attachment, { kind: 'document' }>

const FOR_EVERYBODY = /^everyone\b\s*/i
const USAGE =
  'Send me a text, Markdown, HTML or PDF file with the caption /learn, or add the text: /learn The library opens at 10.'

/** `/learn`, as the caption of a file or followed by text. `/learn everyone …` is for all chats. */
export async function learnCommand(
  args: string,
  context: MessageContext,
  { learner, config }: { readonly learner: Learner; readonly config: Configuration },
): Promise<PluginResult> {
  const isForEverybody = FOR_EVERYBODY.test(args)
  const scope: Scope = isForEverybody ? 'everyone' : ownScope(context)
  const refusal = refuse(scope, context, config)
  if (refusal !== undefined) return { success: false, error: refusal }
  try {
    const material = await readMaterial(args.replace(FOR_EVERYBODY, ''), scope, context)
    if (!material) return { success: true, response: USAGE }
    const { title, passages, isKnown } = await learner.learn(material, context.signal)
    const count = passages === 1 ? 'one passage' : `${passages} passages`
    const note = isKnown ? TEXTS.alreadySaved : TEXTS.saved
    return {
      success: true,
      response: TEXTS.whoCanAsk(note, title, count, describeScope(scope)),
    }
  } catch (error) {
    if (error instanceof DocumentProblem) {
      return { success: false, error: TEXTS.cantLearn(error.message) }
    }
    if (!isPluggramError(error) || !error.code.startsWith('delivery-')) throw error
    return { success: false, error: TEXTS.couldNotDownloadFile }
  }
}

function refuse(scope: Scope, { chat, role }: MessageContext, config: Configuration): string | undefined {
  if (scope === 'everyone') {
    return role === 'owner' ? undefined : refusalFor('owner')
  }
  const needed = chat.type === 'private' ? config.learn_role : config.learn_in_groups_role
  return hasRole(role, needed) ? undefined : refusalFor(needed)
}

async function readMaterial(
  words: string,
  scope: Scope,
  context: MessageContext,
): Promise<Material | undefined> {
  const common = { scope, addedBy: context.user.id, for: context }
  const { attachments, replyTo } = context.message
  // a file that the message replies to is meant when nothing else is
  const offered = [...attachments, ...(words === '' ? (replyTo?.attachments ?? []) : [])]
  const file = offered.find((item): item is FileAttachment => item.kind === 'document')
  if (file) {
    const title = file.fileName ?? 'file'
    const kind = documentKind(title, file.mimeType)
    if (!kind) throw new DocumentProblem(TEXTS.readTextMarkdownHtml)
    if (file.size !== undefined && file.size > MAX_BYTES) throw new DocumentProblem(TEXTS.overMb)
    const bytes = await context.download(file)
    return { ...common, title, source: `file:${title}`, kind, bytes }
  }
  if (words === '') return undefined
  const bytes = new TextEncoder().encode(words)
  const source = `note:${createHash('sha256').update(bytes).digest('base64url')}`
  return { ...common, title: words.slice(0, 60), source, kind: 'text', bytes }
}
