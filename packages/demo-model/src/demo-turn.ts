/** One turn of the conversation as the demo model sees it. */
export interface DemoTurn {
  readonly role: 'user' | 'assistant'
  readonly text: string
}

/** What the demo model does: it writes, or calls one tool. */
export type DemoAct =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: Readonly<Record<string, string | number>>
    }
