const SPELLED_OUT = /(?:https?:\/\/|www\.)[^\s<>"'`]+/gi

/** An entity of a message's text; positions count UTF-16 units. */
interface TextEntity {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly unixTime?: number
}

/**
 * A text with what its formatting hides: the addresses behind linked words, as in Markdown, and the
 * moments that words such as "tomorrow" mean.
 */
export function withAddresses(text: string, entities: readonly TextEntity[] = []): string {
  let shown = text
  let before = text.length
  // from the end, so that earlier positions stay right
  for (const entity of entities.toSorted((one, other) => other.offset - one.offset)) {
    const end = entity.offset + entity.length
    if (end > before) continue
    const words = text.slice(entity.offset, end)
    const spelled = spellOut(words, entity)
    if (spelled === words) continue
    shown = shown.slice(0, entity.offset) + spelled + shown.slice(end)
    before = entity.offset
  }
  return shown
}

/** The first web address of a text, spelled out or behind linked words. */
export function firstAddress(text: string, entities: readonly TextEntity[] = []): string | undefined {
  const linked = entities.flatMap(({ type, offset, length, url = '' }) =>
    type === 'text_link' && /^https?:/i.test(url) ? [{ offset, end: offset + length, url }] : [],
  )
  const spelled = [...text.matchAll(SPELLED_OUT)].flatMap(({ index, 0: url }) => {
    // words that look like one address and lead to another: what a tap opens counts
    const isLinked = linked.some(({ offset, end }) => index < end && offset < index + url.length)
    return isLinked ? [] : [{ offset: index, url: url.replace(/[.,;:!?)\]}]+$/, '') }]
  })
  return [...linked, ...spelled].toSorted((one, other) => one.offset - other.offset)[0]?.url
}

function spellOut(words: string, { type, url = '', unixTime }: TextEntity): string {
  if (type === 'text_link') {
    const address = url.replaceAll(/\s/g, encodeURIComponent)
    const isShown = address === '' || words.trim() === address || `${words.trim()}/` === address
    return isShown ? words : `[${words}](${address})`
  }
  const moment = new Date((unixTime ?? Number.NaN) * 1_000)
  if (type !== 'date_time' || Number.isNaN(moment.getTime())) return words
  return `${words} (${moment.toISOString().replace('.000Z', 'Z')})`
}
