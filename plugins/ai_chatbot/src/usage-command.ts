import { describeMoment } from '@pluggram/plugin-kit'
import type { AiUsageLine, MessageContext, PluginResult, Services } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

const SCOPES: Readonly<Record<AiUsageLine['scope'], string>> = {
  user: 'You',
  chat: TEXTS.chat,
  plugin: TEXTS.conversationAllChats,
  overall: TEXTS.wholeAssistant,
}

/** `/usage` */
export async function usageCommand(context: MessageContext, services: Services): Promise<PluginResult> {
  return { success: true, response: await describeUsage(context, services) }
}

/**
 * The use of the model, and what is left. The owner sees everything, others see their own
 * usage.
 */
export async function describeUsage(context: MessageContext, { ai }: Services): Promise<string> {
  const { currency, lines } = await ai.usage(context)
  const shown = lines.filter(({ scope }) => context.role === 'owner' || scope === 'user' || scope === 'chat')
  if (shown.length === 0) return TEXTS.nothingUsedYet
  const scopes = [...new Set(shown.map(({ scope }) => scope))].toSorted(
    (a, b) => Object.keys(SCOPES).indexOf(a) - Object.keys(SCOPES).indexOf(b),
  )
  const parts = scopes.map((scope) => {
    const own = shown.filter((line) => line.scope === scope)
    return [
      SCOPES[scope],
      ...own.map((line) => describe(line, { currency, timeZone: context.timeZone })),
    ].join('\n')
  })
  return parts.join('\n\n')
}

function describe(
  line: AiUsageLine,
  { currency, timeZone }: { readonly currency: string; readonly timeZone: string },
): string {
  const { period, tokens, money, cheaper, endsAt } = line
  const main = { tokens: tokens - (cheaper?.tokens ?? 0), money: round(money - (cheaper?.money ?? 0)) }
  const reset = ` – limit reached until ${describeMoment(timeZone, endsAt)} (${timeZone})`
  const parts = [main, ...(cheaper ? [cheaper] : [])].map(
    (used) => `${share(used, line, currency)}${isUsedUp(used, line) ? reset : ''}`,
  )
  return `${period === 'day' ? 'today' : 'this month'}: ${parts.join('; the cheaper model: ')}`
}

type Used = Pick<AiUsageLine, 'tokens' | 'money'>

/** What was used, out of what limit. */
function share({ tokens, money }: Used, { tokenLimit, moneyLimit }: AiUsageLine, currency: string): string {
  const inTokens = `${count(tokens)}${tokenLimit === undefined ? '' : ` of ${count(tokenLimit)}`} tokens`
  if (money === 0 && moneyLimit === undefined) return inTokens
  return `${inTokens}, ${amount(money)}${moneyLimit === undefined ? '' : ` of ${amount(moneyLimit)}`} ${currency}`
}

function isUsedUp({ tokens, money }: Used, { tokenLimit, moneyLimit }: AiUsageLine): boolean {
  return (
    (tokenLimit !== undefined && tokens >= tokenLimit) || (moneyLimit !== undefined && money >= moneyLimit)
  )
}

/** Money is counted in millionths. */
function round(money: number): number {
  return Math.round(money * 1e6) / 1e6
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function amount(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 1 ? 4 : 2 })
}
