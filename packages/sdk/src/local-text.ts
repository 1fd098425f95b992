/** A text in English, or in several languages by ISO 639-1 code: `{ en: 'Dice', de: 'Würfel' }`. */
export type LocalText = string | Readonly<Record<string, string>>
