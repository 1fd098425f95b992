/** The values to insert into a message. */
export type MessageValues = Readonly<Record<string, string | number | boolean | Date | null | undefined>>

/**
 * Texts in the language of the user whose message is being answered. A folder plugin provides them
 * in `locales/LANGUAGE.json`, in ICU message format: `{ "found": "{count, plural, one {# hit} other
 * {# hits}} for {name}" }`.
 */
export interface I18nService {
  /**
   * The text in the user's language, else in its base language (`pt` for `pt-br`), else in English,
   * else in the first available language. Returns the key itself when no language has it.
   * @param options.language overrides the user's language
   */
  t(key: string, values?: MessageValues, options?: { readonly language?: string }): string
  /** The language that `t` uses now. */
  language(): string
  /** The languages that the plugin provides. */
  readonly languages: readonly string[]
}
