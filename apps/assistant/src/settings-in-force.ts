import { isDeepStrictEqual } from 'node:util'
import type { LoadedConfiguration } from '@pluggram/config'

/** Read once, at the start. What is not here is looked at whenever it is needed. */
const READ_AT_START = ['assistant', 'telegram', 'http', 'log', 'storage', 'cache', 'limits'] as const
const KEYS_OF_MODELS = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'] as const

/** What was changed and waits for the next start, a line each, for the log. */
export function changesForNextStart(started: LoadedConfiguration, now: LoadedConfiguration): string[] {
  return [...changedSettings(started, now)].map(
    (name) => `${name} was changed; it takes effect when the assistant is started again.`,
  )
}

function* changedSettings(started: LoadedConfiguration, now: LoadedConfiguration): Iterable<string> {
  // rules for tools hold from the next call on
  const { tools: _before, ...aiBefore } = started.settings.ai
  const { tools: _now, ...aiNow } = now.settings.ai
  if (!isDeepStrictEqual(aiBefore, aiNow)) yield 'ai in config.json'
  for (const name of READ_AT_START) {
    if (!isDeepStrictEqual(started.settings[name], now.settings[name])) yield `${name} in config.json`
  }
  for (const name of KEYS_OF_MODELS) {
    if (started.environment[name] !== now.environment[name]) yield name
  }
}
