import { DeliveryError, PermissionError } from '@pluggram/sdk'

/** Puts data into a plugin's button for a chat; resolves when the message may be sent. */
export type SignButtonData = (chatId: number, data: string) => string | Promise<string>

/** The Bot API's parameters are less deep. */
const MAX_DEPTH = 32
const MAX_KEYBOARD_TEXT = 64

/** Buttons that a plugin may not show, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  web_app: 'opens a page that learns who the person is',
  login_url: 'opens a page that learns who the person is',
  switch_inline_query: "writes into a person's message",
  switch_inline_query_current_chat: "writes into a person's message",
  switch_inline_query_chosen_chat: "writes into a person's message",
}

/**
 * The parameters of a call with the data of every button signed, wherever it is.
 * @throws PermissionError for buttons that a plugin may not show
 * @throws DeliveryError `reply-invalid` when a button has data and the call names no chat
 */
export async function signMarkup(
  plugin: string,
  params: Readonly<Record<string, unknown>>,
  sign: SignButtonData,
): Promise<Record<string, unknown>> {
  const { chat_id: chatId } = params

  function signData(data: unknown): string | Promise<string> {
    if (typeof chatId === 'number') return sign(chatId, String(data))
    throw new DeliveryError(
      'reply-invalid',
      `Plugin ${plugin}: a button with callback_data needs a call whose chat_id is a number.`,
    )
  }

  async function signed(value: unknown, depth: number): Promise<unknown> {
    if (typeof value !== 'object' || value === null) return value
    if (depth === 0) throw new PermissionError(`Plugin ${plugin} gives parameters that are nested too deep.`)
    if (Array.isArray(value)) return Promise.all(value.map((item) => signed(item, depth - 1)))
    const members: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value)) {
      refuseButton(plugin, key, member)
      members[key] = key === 'callback_data' ? await signData(member) : await signed(member, depth - 1)
    }
    return members
  }

  const { menu_button: menu, ...rest } = params
  const result = (await signed(rest, MAX_DEPTH)) as Record<string, unknown>
  // the owner grants its method by name, and it stands beside the input field of every chat
  return menu === undefined ? result : { ...result, menu_button: menu }
}

function refuseButton(plugin: string, key: string, member: unknown): void {
  const reason = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined
  if (reason !== undefined && member !== undefined && member !== null) {
    throw new PermissionError(`Plugin ${plugin} shows a button with ${key}, which ${reason}. No plugin may.`)
  }
  if (key === 'rich_message') refuseRichText(plugin, member)
  if (key === 'keyboard') for (const text of keyboardTexts(member)) refuseText(plugin, text)
}

/** HTML and Markdown of rich messages can hold buttons, which only blocks show as such. */
function refuseRichText(plugin: string, message: unknown): void {
  const { html, markdown } = Object(message) as Record<string, unknown>
  if ((html ?? markdown ?? undefined) === undefined) return
  throw new PermissionError(
    `Plugin ${plugin} gives a rich message as HTML or Markdown, in which buttons cannot be signed. Give it as blocks.`,
  )
}

function keyboardTexts(rows: unknown): string[] {
  if (!Array.isArray(rows)) return []
  return rows.flat().map((button: unknown) => {
    const text = typeof button === 'object' && button !== null && 'text' in button ? button.text : button
    return typeof text === 'string' ? text : ''
  })
}

/** A press sends the text as if the person had typed it. */
function refuseText(plugin: string, text: string): void {
  const visible = text.replaceAll(/[\p{C}\p{Z}\u{115F}\u{1160}\u{3164}\u{FFA0}\u{2800}]/gu, '')
  if (visible.startsWith('/')) {
    throw new PermissionError(`Plugin ${plugin} shows a keyboard that sends a command. No plugin may.`)
  }
  if (text.length > MAX_KEYBOARD_TEXT) {
    throw new PermissionError(
      `Plugin ${plugin} shows a keyboard with a text of ${text.length} characters; ${MAX_KEYBOARD_TEXT} are possible, since a person must see what a press says.`,
    )
  }
}
