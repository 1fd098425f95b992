/** One turn of the conversation as the demo model sees it. */
export interface DemoTurn {
  readonly role: 'user' | 'assistant'
  readonly text: string
}

/** The demo model's response: text, or a call of one tool. */
export type DemoAct =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: Readonly<Record<string, string | number | readonly string[]>>
    }
