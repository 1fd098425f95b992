import type { TelegramMessageEntity, TelegramMessageEntityType } from '@gramio/types'

/**
 * Country domains, so that `telegram.me` and `t.me` without a scheme count as links, but `main.ts`
 * does not.
 */
const COUNTRY_DOMAINS =
  'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd ' +
  'cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ' +
  'ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg ' +
  'kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv ' +
  'mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa ' +
  'sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug ' +
  'uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw'
const GENERIC_DOMAINS =
  'academy app art biz blog chat cloud club com design dev edu email finance fun games gov group info int live ltd ' +
  'media mil mobi name net news online org page pro shop site software space store studio team tech tel today top ' +
  'ton tools travel website wiki work world xyz zone'
const TOP_LEVEL_DOMAINS: ReadonlySet<string> = new Set(`${COUNTRY_DOMAINS} ${GENERIC_DOMAINS}`.split(' '))

/** User names have at least four characters, except for a few old bots. */
const SHORT_USERNAMES: ReadonlySet<string> = new Set(['gif', 'vid', 'pic'])

const WORD = String.raw`\p{L}\p{N}_`
const TAG = String.raw`\p{L}\p{Nd}_\u200c\u00b7`
const URL_PATTERN = new RegExp(
  String.raw`(?<![${WORD}@.-])(?:(?:https?|ftp):\/\/)?(?:[\p{L}\p{N}_-]{1,63}\.){1,10}\p{L}{2,24}(?::\d{1,5})?(?:[\/?#][^\s\u2026<>"«»“”„]*)?` +
    String.raw`|(?<![${WORD}])https?:\/\/(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?:[\/?#][^\s\u2026<>"«»“”„]*)?`,
  'giu',
)
const EMAIL_PATTERN = /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])/giu
const MENTION_PATTERN = new RegExp(String.raw`(?<![${WORD}])@(\w{3,32})(?![${WORD}])`, 'gu')
const COMMAND_PATTERN = new RegExp(
  String.raw`(?<![${WORD}\/<>])\/\w{1,64}(?:@\w{3,32}|(?!@))(?![${WORD}\/<>])`,
  'gu',
)
const HASHTAG_PATTERN = new RegExp(
  String.raw`(?<![${TAG}])#(?=[${TAG}]*\p{L})[${TAG}]{1,256}(?![${TAG}]*#)`,
  'gu',
)
const CASHTAG_PATTERN = new RegExp(String.raw`(?<![${TAG}$])\$(?:1INCH|[A-Z]{1,8})(?![${TAG}$])`, 'gu')

/**
 * Detects the entities that Telegram finds in plain text: commands, mentions, links, hashtags,
 * cashtags and email addresses. They are in order and do not overlap.
 */
export function detectEntities(text: string): TelegramMessageEntity[] {
  const found: TelegramMessageEntity[] = []
  if (text.includes('/')) collect(found, text, COMMAND_PATTERN, 'bot_command')
  if (text.includes('.') || text.includes('://')) collect(found, text, URL_PATTERN, 'url')
  if (text.includes('@')) {
    collect(found, text, EMAIL_PATTERN, 'email')
    collect(found, text, MENTION_PATTERN, 'mention')
  }
  if (text.includes('#')) collect(found, text, HASHTAG_PATTERN, 'hashtag')
  if (text.includes('$')) collect(found, text, CASHTAG_PATTERN, 'cashtag')
  if (found.length < 2) return found
  found.sort((a, b) => a.offset - b.offset || b.length - a.length)
  let end = 0
  return found.filter((entity) => {
    if (entity.offset < end) return false
    end = entity.offset + entity.length
    return true
  })
}

function collect(
  found: TelegramMessageEntity[],
  text: string,
  pattern: RegExp,
  type: TelegramMessageEntityType,
): void {
  for (const match of text.matchAll(pattern)) {
    let [value] = match
    if (type === 'url') value = trimUrl(value)
    if (type === 'url' && !isLink(value)) continue
    if (type === 'mention' && value.length < 5 && !SHORT_USERNAMES.has(value.slice(1))) continue
    found.push({ type, offset: match.index, length: value.length })
  }
}

/** Removes trailing punctuation, and a closing bracket that is not opened within the URL. */
function trimUrl(url: string): string {
  let end = url.length
  while (end > 0) {
    const last = url[end - 1] ?? ''
    if (".,:;!?'`*".includes(last)) end -= 1
    else if (last === ')' && !url.slice(0, end).includes('(')) end -= 1
    else if (last === ']' && !url.slice(0, end).includes('[')) end -= 1
    else break
  }
  return url.slice(0, end)
}

function isLink(url: string): boolean {
  if (/^(?:https?|ftp):\/\//i.test(url)) return true
  const [host = ''] = url.split(/[/?#:]/, 1)
  return TOP_LEVEL_DOMAINS.has(host.slice(host.lastIndexOf('.') + 1).toLowerCase())
}
