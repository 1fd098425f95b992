import { describeMoment } from '@pluggram/base'
import { definePlugin, errorMessage } from '@pluggram/sdk'
import type { Button, MessageContext, PluginDefinition, PluginResult } from '@pluggram/sdk'
import type { Alert, AlertSettings } from './alert-kinds.ts'
import { alertMessage, MUTE, RESTART } from './alert-messages.ts'
import { ALERTS_PLUGIN } from './alert-post.ts'
import { alertTexts } from './alert-texts.ts'
import type { Alerts } from './alerts.ts'
import { isQuiet } from './quiet-hours.ts'

const TEST = 'test'
const UNMUTE = 'unmute:'
const LONGEST = 60

export interface AlertsPluginOptions {
  readonly alerts: Alerts
  readonly settings: () => AlertSettings
  readonly current: () => readonly Alert[] | undefined
  readonly zoneOf: (userId: number) => string
  readonly restart: (plugin: string) => Promise<void>
}

/** `/alerts`, and the buttons below alerts. */
export function createAlertsPlugin(options: AlertsPluginOptions): PluginDefinition {
  return definePlugin({
    name: ALERTS_PLUGIN,
    title: { en: 'Alerts', de: 'Warnungen' },
    commands: {
      alerts: {
        description: 'Show what is wrong, and what you are told',
        translations: { de: 'Zeigt, was nicht läuft' },
        role: 'owner',
        chats: 'private',
        async execute(_args, context) {
          return { success: true, response: await page(options, context) }
        },
      },
    },
    // matches no text: besides its command, only its buttons reach this plugin
    patterns: [/(?!)/],
    setup: () => ({
      processMessage: (data, context) => (context.callback ? press(data, context, options) : undefined),
    }),
  })
}

async function press(
  data: string,
  context: MessageContext,
  options: AlertsPluginOptions,
): Promise<PluginResult> {
  const { role, chat, user, message } = context
  if (role !== 'owner' || chat.type !== 'private') return { success: false, error: alertTexts.onlyOwner }
  const { alerts, zoneOf, restart } = options
  const zone = zoneOf(user.id)
  if (data === TEST) {
    await alerts.test(user.id)
    return { success: true, response: alertTexts.testIsComing }
  }
  if (data.startsWith(UNMUTE)) {
    await alerts.unmute(user.id, data.slice(UNMUTE.length))
    return { success: true, response: { ...(await page(options, context)), editMessageId: message.id } }
  }
  const [number = '', plugin = ''] = data.slice(data.indexOf(':') + 1).split(':')
  const no = Number(number)
  if (data.startsWith(RESTART)) {
    try {
      await restart(plugin)
    } catch (error) {
      return { success: false, error: alertTexts.notRestarted(plugin, errorMessage(error)) }
    }
  }
  const letter = data.startsWith(RESTART)
    ? await alerts.change(user.id, no, (one) => void (one.restarted = [...(one.restarted ?? []), plugin]))
    : data.startsWith(MUTE)
      ? await alerts.mute(user.id, no)
      : undefined
  if (!letter) return { success: false, error: alertTexts.tooOld }
  return { success: true, response: { ...alertMessage(letter, zone), editMessageId: message.id } }
}

/** What is wrong now, what is muted, and what holds for this owner. */
async function page(
  { alerts, settings, current, zoneOf }: AlertsPluginOptions,
  { user }: MessageContext,
): Promise<{ text: string; buttons: readonly (readonly Button[])[] }> {
  const zone = zoneOf(user.id)
  const { muted, day, alerts: known } = await alerts.state(user.id)
  const { enabled, quietHours, urgent, perDay, off } = settings()
  const problems = (current() ?? []).filter(({ isEvent }) => !isEvent)
  const names = (kinds: readonly string[]): string =>
    kinds.length === 0 ? alertTexts.nothing : kinds.join(', ')
  const blocks = [
    ...(problems.length === 0 ? [alertTexts.allWell] : []),
    ...problems.map(({ what, fix }) => `${alertTexts.problem(what)}\n${alertTexts.next(fix)}`),
    [
      ...(enabled ? [] : [alertTexts.isOff]),
      ...(alerts.recipients().includes(user.id) ? [] : [alertTexts.notForYou]),
      alertTexts.today(day.letters, perDay),
      isQuiet(quietHours, quietHours.slice(0, 5))
        ? alertTexts.quiet(quietHours, zone, names(urgent))
        : alertTexts.noQuiet,
      ...(off.length === 0 ? [] : [alertTexts.kindsOff(names(off))]),
      ...Object.values(muted).map((until) => alertTexts.muted(describeMoment(zone, new Date(until)))),
    ].join('\n'),
  ]
  const unmutes = Object.keys(muted).map((id) => [
    { text: alertTexts.unmute((known[id]?.alert.what ?? id).slice(0, LONGEST)), data: `${UNMUTE}${id}` },
  ])
  return {
    text: blocks.join('\n\n'),
    buttons: [...unmutes.slice(0, 10), [{ text: alertTexts.sendTest, data: TEST }]],
  }
}
