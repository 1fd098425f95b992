/** npm prints a blank line, "> pluggram@… start", "> exec pluggram start" and a blank line before it runs the script. */
const BANNER_LINES = 4
const QUOTES = 2
const USUAL_COLUMNS = 80

/**
 * Takes npm's banner from the terminal, so that the first words are ours. Only npm's own `npm start`
 * prints exactly these lines; anything else is left alone, and so is a banner that needs more lines.
 */
export function clearBanner({ env, stdout, argv } = process) {
  if (env.npm_lifecycle_event !== 'start' || env.npm_lifecycle_script !== 'exec pluggram start') return
  if (!/^npm\/(?:[7-9]|\d\d)\./.test(env.npm_config_user_agent ?? '') || env.npm_config_loglevel === 'silent')
    return
  if (!stdout.isTTY || env.TERM === 'dumb') return
  const command = argv
    .slice(2)
    .reduce((length, word) => length + word.length + 1 + QUOTES, '> exec pluggram'.length)
  if (command >= (stdout.columns || USUAL_COLUMNS)) return
  stdout.write(`\u001B[${BANNER_LINES}F\u001B[J`)
  // a restarted process must not do it again
  delete env.npm_lifecycle_event
}
