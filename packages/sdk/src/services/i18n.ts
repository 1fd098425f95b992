/** What is put into a message. */
export type MessageValues = Readonly<Record<string, string | number | boolean | Date | null | undefined>>

/**
 * Texts in the language of the user whose message is being answered. A folder plugin brings them as
 * `locales/LANGUAGE.json`: `{ "found": "{count, plural, one {# hit} other {# hits}} for {name}" }`
 * in ICU's format.
 */
export interface I18nService {
  /**
   * The text in the user's language, else in a wider form of it (`pt` for `pt-br`), else in
   * English, else in the first language there is; the key itself when no language has it.
   * @param options.language another language than the user's
   */
  t(key: string, values?: MessageValues, options?: { readonly language?: string }): string
  /** The language `t` would take now. */
  language(): string
  /** Languages that the plugin brings. */
  readonly languages: readonly string[]
}
