import { badRequest } from '../bot-api-error.ts'
import type { ParameterPlan } from './coerce-params.ts'

const PARSE_MODES: Readonly<Record<string, string>> = {
  html: 'HTML',
  markdown: 'Markdown',
  markdownv2: 'MarkdownV2',
}

/**
 * Converts undocumented forms that Telegram accepts to the documented ones: parse modes in any
 * case, and parameters of older Bot API versions that libraries still send.
 */
export function modernizeParams(plan: ParameterPlan, params: Record<string, unknown>): void {
  for (const name in params) if (name.endsWith('parse_mode')) normalizeParseMode(params, name)
  const isOld = (name: string): boolean => params[name] !== undefined && !plan.has(name)
  const lacks = (name: string): boolean => params[name] === undefined && plan.has(name)

  if (isOld('reply_to_message_id') && lacks('reply_parameters')) {
    const messageId = Number(params['reply_to_message_id'])
    if (messageId > 0) {
      params['reply_parameters'] = {
        message_id: messageId,
        allow_sending_without_reply: isTrue(params['allow_sending_without_reply']),
      }
    }
  }
  if (isOld('disable_web_page_preview') && lacks('link_preview_options')) {
    if (isTrue(params['disable_web_page_preview'])) params['link_preview_options'] = { is_disabled: true }
  }
  if (isOld('thumb') && lacks('thumbnail')) params['thumbnail'] = params['thumb']
  if (isOld('correct_option_id') && lacks('correct_option_ids')) {
    params['correct_option_ids'] = [Number(params['correct_option_id'])]
  }
  if (plan.has('options') && Array.isArray(params['options'])) {
    params['options'] = params['options'].map((option: unknown) =>
      typeof option === 'string' ? { text: option } : option,
    )
  }
}

function normalizeParseMode(params: Record<string, unknown>, name: string): void {
  const mode = params[name]
  if (typeof mode !== 'string') return
  const lower = mode.toLowerCase()
  if (lower === '' || lower === 'none') {
    delete params[name]
    return
  }
  const known = Object.hasOwn(PARSE_MODES, lower) ? PARSE_MODES[lower] : undefined
  if (known === undefined) throw badRequest('unsupported parse_mode')
  params[name] = known
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 'True' || value === 1 || value === '1'
}
