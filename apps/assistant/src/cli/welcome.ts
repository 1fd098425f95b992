import { PAIRING_MINUTES } from '@pluggram/access'
import type { Overview } from '../overview.ts'
import type { Styles } from './styles.ts'

export interface Welcome {
  readonly overview: Overview
  readonly loginLink: string
  /** Makes its sender the owner. */
  readonly pairingCode: string | undefined
  /** Telegram does not know the token. */
  readonly isRefused: boolean
}

/** More names would not fit in a line. */
const MOST_PLUGINS = 6

/** What a terminal shows once the assistant runs: what, with which model and plugins, where, what next, how to stop. */
export function welcomeLines({ overview, loginLink, ...state }: Welcome, style: Styles): string[] {
  const { name, version, home } = overview
  const line = (title: string, text: string): string => `${style.title(title.padEnd(8))} ${text}`
  return [
    '',
    line('Pluggram', `${version} · ${name} is running ${placeOf(overview, style)}`),
    line('Model', modelOf(overview, style)),
    line('Plugins', pluginsOf(overview, style)),
    line('Home', home),
    line('Next', nextStep(overview, state, style)),
    line('', `${style.word(loginLink)} ${style.faint('(works once; "pluggram login" prints a new one)')}`),
    line('Stop', 'Ctrl+C, or "npx pluggram stop" in another terminal'),
    '',
  ]
}

function placeOf({ isPlayground, bot, connection }: Overview, style: Styles): string {
  if (isPlayground) return 'in the playground: no bot token is set'
  return bot === undefined
    ? `on Telegram (${style.bad(connection)})`
    : `on Telegram as ${style.good(`@${bot}`)}`
}

function modelOf({ model }: Overview, style: Styles): string {
  if (model.problem !== undefined) return `${model.id} ${style.bad(model.problem)}`
  return model.isDemo ? 'the built-in demo, which knows only commands. Put a model key into .env' : model.id
}

function pluginsOf({ plugins }: Overview, style: Styles): string {
  const failed = plugins.filter(({ problem }) => problem !== undefined).map(({ name }) => name)
  const fine = plugins.filter(({ problem }) => problem === undefined).map(({ name }) => name)
  const more = fine.length > MOST_PLUGINS ? ` and ${fine.length - MOST_PLUGINS} more` : ''
  const names = fine.slice(0, MOST_PLUGINS).join(', ')
  const troubles = failed.length === 0 ? '' : `; ${style.bad(`not running: ${failed.join(', ')}`)}`
  return `${names === '' ? 'none' : names}${more}${troubles}`
}

function nextStep(
  { isPlayground, bot }: Overview,
  { isRefused, pairingCode }: Pick<Welcome, 'isRefused' | 'pairingCode'>,
  style: Styles,
): string {
  if (isRefused) return style.bad('Telegram does not know the token: correct TELEGRAM_BOT_TOKEN in .env')
  if (isPlayground) return 'open this page and write to your assistant:'
  if (pairingCode !== undefined) {
    const to = bot === undefined ? 'your bot' : `@${bot}`
    return `send ${to} ${style.word(`/pair ${pairingCode}`)} within ${PAIRING_MINUTES} minutes to become its owner; its page:`
  }
  return 'write to your bot; its page:'
}
