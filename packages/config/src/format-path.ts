const PLAIN_SEGMENT = /^[A-Za-z_$][A-Za-z0-9_$]{0,63}$/
const LONGEST_SEGMENT = 64

/**
 * A path as people read it: `plugins.my_plugin.api_key`, `http.allowed_hosts[0]`, `plugins["odd name"]`.
 * Odd keys are quoted and escaped, so that a hostile key can neither break the line nor drive a terminal.
 */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') {
      text += `[${segment}]`
      continue
    }
    const name = String(segment)
    if (PLAIN_SEGMENT.test(name)) text += text === '' ? name : `.${name}`
    else text += `[${quote(name)}]`
  }
  return text
}

/** Text in double quotes, on one line, cut when long; everything but printable ASCII and letters is escaped. */
export function quote(text: string, longest: number = LONGEST_SEGMENT): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text
  return JSON.stringify(shown).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('')
}
