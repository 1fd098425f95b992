import { words } from './words.ts'

interface Language {
  /** Frequent words in the language that are not English words. */
  readonly words: ReadonlySet<string>
  /** “I understand English only.” */
  readonly sorry: string
}

const LATIN_LANGUAGES: readonly Language[] = [
  {
    words: set(
      'ich du wir ihr der das und nicht ist sind mit wie wer warum bitte kannst kann mir mich dein ein eine einen auf für wird haben habe heute geht guten morgen danke heißt heisst machst welche es gibt',
    ),
    sorry: 'Ich verstehe leider nur Englisch.',
  },
  {
    words: set(
      'el los las una que qué es está eres cómo como por para con puedes puedo quién dónde gracias hola buenos días mi tu yo del cuál hacer tiempo hoy',
    ),
    sorry: 'Lo siento, solo entiendo inglés.',
  },
  {
    words: set(
      'le les une des est vous je tu nous que qui quoi comment pourquoi avec pour peux pouvez bonjour merci salut dans quel quelle moi mon votre fait il suis aujourdhui',
    ),
    sorry: 'Désolé, je ne comprends que l’anglais.',
  },
  {
    words: set(
      'il lo gli una che è sei come perché con puoi posso chi dove grazie ciao buongiorno di mio tuo io non sono della cosa fare oggi',
    ),
    sorry: 'Mi dispiace, capisco solo l’inglese.',
  },
  {
    words: set(
      'o os uma que é está você como por para com pode posso quem onde obrigado obrigada olá bom dia meu eu não são fazer hoje qual',
    ),
    sorry: 'Desculpe, só entendo inglês.',
  },
  {
    words: set(
      'de het een en niet is zijn met hoe wie waarom kun kan mij jouw ik jij wij dank je hallo goedemorgen voor wat doe',
    ),
    sorry: 'Sorry, ik begrijp alleen Engels.',
  },
]

const SCRIPTS: readonly { readonly letters: RegExp; readonly sorry: string }[] = [
  { letters: /\p{Script=Cyrillic}/gu, sorry: 'Извините, я понимаю только по-английски.' },
  { letters: /\p{Script=Arabic}/gu, sorry: 'عذرًا، أفهم الإنجليزية فقط.' },
  {
    letters: /\p{Script=Hiragana}|\p{Script=Katakana}/gu,
    sorry: '申し訳ありませんが、英語しか理解できません。',
  },
  { letters: /\p{Script=Han}/gu, sorry: '抱歉，我只懂英语。' },
  { letters: /\p{Script=Hangul}/gu, sorry: '죄송하지만 영어만 이해합니다.' },
  { letters: /\p{Script=Devanagari}/gu, sorry: 'क्षमा करें, मैं केवल अंग्रेज़ी समझता हूँ।' },
  { letters: /[^\p{Script=Latin}\P{L}]/gu, sorry: '' },
]

/**
 * English words that prove a text is English, because other languages share short words with it.
 */
const ENGLISH = set(
  'the and is are you what how can do does who why where my your please tell me with of to i it this that a in on for',
)

/** If a text is not English: an apology in its language, or '' if we have none. */
export function foreignLanguageApology(text: string): string | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  if (letters === 0) return undefined
  for (const { letters: pattern, sorry } of SCRIPTS) {
    if ((text.match(pattern)?.length ?? 0) * 3 > letters) return sorry
  }
  const all = words(text)
  const english = all.filter((word) => ENGLISH.has(word)).length
  let best: { readonly sorry: string; readonly count: number } | undefined
  for (const language of LATIN_LANGUAGES) {
    const count = all.filter((word) => language.words.has(word)).length
    if (count > (best?.count ?? 0)) best = { sorry: language.sorry, count }
  }
  if (!best || best.count <= english) return undefined
  return best.count >= 2 || all.length <= 2 ? best.sorry : undefined
}

function set(list: string): Set<string> {
  return new Set(list.split(' '))
}
