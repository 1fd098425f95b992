const PLAIN_SEGMENT = /^[A-Za-z_$][A-Za-z0-9_$]{0,63}$/
const LONGEST_SEGMENT = 64

/**
 * Formats a path for people: `plugins.my_plugin.api_key`, `http.allowed_hosts[0]`, `plugins["odd
 * name"]`. Unusual keys are quoted and escaped, so that a hostile key cannot break the line or
 * control a terminal.
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

/**
 * Quotes text on one line and truncates it if it is long. Escapes everything except letters,
 * digits, punctuation, symbols and spaces.
 */
export function quote(text: string, longest: number = LONGEST_SEGMENT): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text
  return JSON.stringify(shown).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('')
}
