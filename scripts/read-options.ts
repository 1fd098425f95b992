import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'

/** EX_USAGE of sysexits.h. */
const USAGE = 64

/** `parseArgs`, but a wrong option ends the script with one line instead of a stack. */
export function readOptions<const Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    const advice = known.length === 0 ? 'It takes none.' : `Options: ${known.join(', ')}.`
    console.error(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}. ${advice}`)
    process.exit(USAGE)
  }
}
