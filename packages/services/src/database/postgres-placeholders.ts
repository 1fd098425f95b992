/**
 * Text, names, comments and dollar quotes, in which a `?` is just a character; then the
 * placeholders.
 */
const TOKEN =
  /[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|\?\?|\?/g

/** Replaces `?` with PostgreSQL's placeholders `$1`, `$2` …; `??` is a literal `?`. */
export function toPostgresPlaceholders(sql: string): string {
  let count = 0
  return sql.replaceAll(TOKEN, (token) => {
    if (token === '??') return '?'
    if (token !== '?') return token
    count += 1
    return `$${count}`
  })
}
