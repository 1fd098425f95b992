import { createProblem, type ConfigProblem } from './config-problem.ts'
import { findClosest } from '@pluggram/base'
import { ENVIRONMENT_SETTINGS, OTHER_ENVIRONMENT } from './environment-settings.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { nameOf, variableOfFile } from './secret-names.ts'

const KNOWN = [...ENVIRONMENT_SETTINGS, ...OTHER_ENVIRONMENT].map(({ name }) => name)

/** Names that other programs use for what is called differently here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  BOT_TOKEN: 'TELEGRAM_BOT_TOKEN',
  TG_BOT_TOKEN: 'TELEGRAM_BOT_TOKEN',
  TG_TOKEN: 'TELEGRAM_BOT_TOKEN',
  OPENAI_API_BASE: 'OPENAI_BASE_URL',
  OPENAI_API_URL: 'OPENAI_BASE_URL',
  OPENAI_KEY: 'OPENAI_API_KEY',
  OPENAI_TOKEN: 'OPENAI_API_KEY',
  CLAUDE_API_KEY: 'ANTHROPIC_API_KEY',
  GEMINI_API_KEY: 'GOOGLE_GENERATIVE_AI_API_KEY',
  GOOGLE_API_KEY: 'GOOGLE_GENERATIVE_AI_API_KEY',
  WEBHOOK_URL: 'TELEGRAM_WEBHOOK_URL',
  DB_URL: 'DATABASE_URL',
  POSTGRES_URL: 'DATABASE_URL',
  SOCKS_PROXY: 'ALL_PROXY',
}

/**
 * Warns about variables that set nothing and resemble one that would. In `.env` and the store every
 * such name counts; in the process environment, which holds much that is not ours, only `TELEGRAM_…` and
 * `PLUGGRAM_…`.
 */
export function reportMistypedVariables(
  loaded: LoadedConfiguration,
  isUsed: (name: string) => boolean,
): ConfigProblem[] {
  return Object.keys(loaded.environment).flatMap((name) => {
    const meaning = variableOfFile(name) ?? name
    // one with a dot for people is a plugin's credential
    if (KNOWN.includes(meaning) || isUsed(meaning) || nameOf(name) !== name) return []
    const at = loaded.locateVariable(name)
    if (at === undefined || (at.via.startsWith('environment ') && !/^(?:TELEGRAM|PLUGGRAM)_/.test(name)))
      return []
    const meant = ELSEWHERE[name] ?? findClosest(name, KNOWN)
    if (meant === undefined || loaded.environment[meant] !== undefined) return []
    return createProblem({
      at,
      path: name,
      severity: 'warning',
      message: 'this variable sets nothing',
      fix: `did you mean ${meant}?`,
      correction: at.via === '.env' ? { kind: 'rename-variable', name, to: meant } : undefined,
    })
  })
}
