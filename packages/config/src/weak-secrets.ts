/** Texts that stand for a secret in instructions. Nobody's secret looks like this. */
const EXAMPLES: readonly RegExp[] = [
  /^<[^>]*>$/,
  /^\[[^\]]*\]$/,
  /^\$?\{.*\}$/,
  /^%\w+%$/,
  /^(?:[a-z]{2,12}[-_])*(?:\.{2,}|…|x{3,}|\*{3,}|_{3,})$/i,
  /^(?:your|insert|enter|paste|put|add)(?:[-_ ].*)?[-_ ]?(?:here|token|key|secret|password|passphrase|dsn)$/i,
  /^change[-_ ]?(?:me|it|this)(?:[-_ ](?:please|now))?!?$/i,
  /^replace[-_ ]?(?:me|it|this|with[-_ ].*)$/i,
  /^(?:to-?do|fix-?me|example|placeholder|redacted)$/i,
  /^(?:secret|token|api[-_ ]?key|password|passphrase|bot[-_]?token)$/i,
  /EXAMPLE(?:KEY)?$/,
  // of the Bot API's own pages
  /^123456(?:789)?:ABC-DEF/i,
  /^110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw$/,
  /^4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcE$/,
]

/** Guessed first, by everybody who guesses. The schema refuses those under eight characters. */
const COMMON: ReadonlySet<string> = new Set(
  `password password1 password12 password123 passw0rd p@ssw0rd p@ssword pa55word passwort passwort1 12345678
  123456789 1234567890 0123456789 87654321 987654321 12341234 123123123 123321123 qwertyui qwerty12 qwerty123
  qwertyuiop qwertz123 azertyui azertyuiop 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx zaq12wsx !qaz2wsx asdfghjk asdfghjkl
  asdf1234 zxcvbnm1 abcd1234 abc12345 abcdefgh a1b2c3d4 aa123456 iloveyou iloveyou1 sunshine princess football
  baseball basketball superman batman123 spiderman starwars pokemon1 trustno1 whatever welcome1 welcome123 letmein1
  letmein123 dragon123 monkey123 master123 shadow123 michelle jennifer jonathan computer internet samsung1 google123
  admin123 admin1234 administrator adminadmin root1234 rootroot test1234 test12345 testtest testing123 temp1234
  guest123 user1234 default1 changeme changeme1 changeme123 secret12 secret123 secretsecret topsecret raspberry
  raspberrypi ubuntu123 debian123 postgres postgres1 mysecretpassword pluggram pluggram1 telegram telegram1
  telegrambot mybot123 botbotbot correcthorsebatterystaple`.split(/\s+/),
)

/** What people choose themselves, and others try to guess. */
const SHORTEST_CREDENTIAL = 8
/** What is sent to a server as it is. */
const IN_HEADERS = /(?:API_KEY|BOT_TOKEN)$/i
const GUESSED = /(?:PASSWORD|PASSPHRASE|WEBHOOK_SECRET|METRICS_TOKEN|MCP_TOKEN)$/i

/**
 * Why a value is no secret, as the end of a sentence; `undefined` when it may be one. The value itself
 * is never in the answer.
 * @param name the variable, or the key with underscores in place of dots
 */
export function weaknessOf(name: string, value: string): string | undefined {
  const text = value.trim()
  if (text === '') return 'only blanks'
  if (/^[\p{Cf}]/u.test(value)) return 'a text that begins with an invisible character'
  if (/^(["'`]).*\1$/s.test(text) || /^[“„‘].*[”“’]$/s.test(text))
    return 'a text in quotes, which count as part of the value here'
  if (text.startsWith(`${name}=`)) return `a text that begins with "${name}="`
  const scheme = /^(?:Bearer|Basic|Bot|Token)(?=\s)/i.exec(text)?.[0]
  if (scheme !== undefined && IN_HEADERS.test(name))
    return `a text that begins with "${scheme}", which belongs to the request, not to the key`
  // it goes into a header of HTTP, which takes nothing else
  if (IN_HEADERS.test(name) && /[^\x20-\x7E]/.test(text))
    return 'a text with a character that no key has, perhaps an invisible one'
  if (EXAMPLES.some((example) => example.test(text))) return 'an example from instructions'
  if (name.startsWith('PLUGGRAM_CREDENTIAL_') && text.length < SHORTEST_CREDENTIAL)
    return `fewer than ${SHORTEST_CREDENTIAL} characters, so that it could not be told from other words in answers`
  return GUESSED.test(name) ? guessable(text) : undefined
}

function guessable(text: string): string | undefined {
  if (COMMON.has(text.toLowerCase())) return 'a password that everybody tries first'
  return /^(.{1,4})\1+$/s.test(text) ? 'the same characters again and again' : undefined
}
