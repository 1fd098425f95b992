import type { Button, MessageContext, PluginResult, Reply } from '@pluggram/sdk'
import { FOLDER_SOURCE } from './library.ts'
import type { Library, StoredDocument } from './library.ts'
import { describeScope, visibleScopes } from './scope.ts'
import { TEXTS } from './texts.ts'

const PER_PAGE = 8

/**
 * `/documents`: the documents that this chat may see, with a button for each one that the user may
 * delete.
 */
export async function documentsCommand(context: MessageContext, library: Library): Promise<PluginResult> {
  return { success: true, response: await list(context, library, 0) }
}

/** A button of the list: `delete ID` or `page NUMBER`. */
export async function documentsPress(
  data: string,
  context: MessageContext,
  library: Library,
): Promise<PluginResult> {
  const [action = '', argument = ''] = data.split(':')
  let page = Number(argument)
  if (action === 'delete') {
    // only among visible documents, because a button's data comes from outside
    const documents = await library.list(visibleScopes(context))
    const index = documents.findIndex(({ id }) => id === Number(argument))
    const document = documents[index]
    if (!document) return { success: false, error: TEXTS.documentAlreadyDeleted }
    if (!mayDelete(document, context)) {
      return { success: false, error: TEXTS.onlyOwnerPersonWho }
    }
    await library.remove(document.id)
    page = Math.floor(index / PER_PAGE)
  }
  const response = await list(context, library, Number.isInteger(page) ? page : 0)
  return { success: true, response: { ...response, editMessageId: context.message.id } }
}

async function list(context: MessageContext, library: Library, wanted: number): Promise<Reply> {
  const documents = await library.list(visibleScopes(context))
  if (documents.length === 0) {
    return { text: TEXTS.noDocumentsYetSend }
  }
  const last = Math.ceil(documents.length / PER_PAGE) - 1
  const page = Math.min(Math.max(wanted, 0), last)
  const first = page * PER_PAGE
  const shown = documents.slice(first, first + PER_PAGE)
  const day = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone: context.timeZone })
  const lines = shown.map(
    ({ title, scope, passages, added_at }, index) =>
      `${first + index + 1}. ${title} – ${passages === 1 ? 'one passage' : `${passages} passages`}, since ${day.format(new Date(added_at))}, told to: ${describeScope(scope)}`,
  )
  const deletes = shown.flatMap((document, index): Button[] =>
    mayDelete(document, context) ? [{ text: `🗑 ${first + index + 1}`, data: `delete:${document.id}` }] : [],
  )
  const turns: Button[] = [
    ...(page > 0 ? [{ text: '‹', data: `page:${page - 1}` }] : []),
    ...(page < last ? [{ text: '›', data: `page:${page + 1}` }] : []),
  ]
  const buttons = [deletes.slice(0, 4), deletes.slice(4), turns].filter((row) => row.length > 0)
  return { text: TEXTS.documents(lines.join('\n')), ...(buttons.length > 0 && { buttons }) }
}

/** A document from a folder would come back, so it can only be deleted in the folder. */
function mayDelete({ source, added_by, scope }: StoredDocument, { user, role }: MessageContext): boolean {
  if (source.startsWith(FOLDER_SOURCE)) return false
  return role === 'owner' || (scope !== 'everyone' && added_by === user.id)
}
