declare const type: unique symbol

/** Stands for something that exactly one part gives. */
export interface Token<out Value> {
  readonly name: string
  readonly isList: false
  readonly [type]?: Value
}

/** Stands for a list to which any part adds. */
export interface ListToken<in Item> {
  readonly name: string
  readonly isList: true
  readonly [type]?: (item: Item) => void
}

/** Names something that one part gives and others need. */
export function one<Value>(name: string): Token<Value> {
  return { name, isList: false }
}

/** Names a list, for example of health checks. It is there before any part starts and shows what was added so far. */
export function many<Item>(name: string): ListToken<Item> {
  return { name, isList: true }
}

/** What a part tells of itself while it starts. All of it is undone in reverse order when the assembly stops. */
export interface Life {
  /** Aborted when the assembly stops, also when it stops before everything has started. */
  readonly signal: AbortSignal
  /** Says how something is undone. */
  onStop(undo: () => unknown): void
  /** Adds to a list for as long as the part lives. */
  add<Item>(list: ListToken<Item>, item: Item): void
  /** Lets the outside in, once every part has started; in the order of the parts. */
  onOpen(open: () => unknown): void
}

type Needs = Readonly<Record<string, Token<unknown> | ListToken<never>>>

/** What a part receives for what it needs. */
type Received<Asked extends Needs> = {
  readonly [Name in keyof Asked]: Asked[Name] extends Token<infer Value>
    ? Value
    : Asked[Name] extends ListToken<infer Item>
      ? readonly Item[]
      : never
}

/** A part as its author writes it: what it needs and gives, and how it starts. */
interface PartDefinition<Asked extends Needs, Given> {
  readonly name: string
  readonly needs?: Asked
  readonly gives?: Token<Given>
  /** Makes what the part gives. How that is undone, and what it does once all parts have started, it tells its life. */
  start(needs: Received<Asked>, life: Life): Given | Promise<Given>
}

/** A part among others. */
export interface Part {
  readonly name: string
  readonly needs: readonly (Token<unknown> | ListToken<never>)[]
  readonly gives?: Token<unknown> | undefined
  start(find: (token: Token<unknown> | ListToken<never>) => unknown, life: Life): unknown
}

/** Defines a part; its file holds everything that belongs to it. */
export function definePart<const Asked extends Needs, Given>(definition: PartDefinition<Asked, Given>): Part {
  const needs = Object.entries(definition.needs ?? {})
  return {
    name: definition.name,
    needs: needs.map(([, token]) => token),
    gives: definition.gives,
    start(find, life) {
      const received = Object.fromEntries(needs.map(([name, token]) => [name, find(token)]))
      return definition.start(received as Received<Asked>, life)
    },
  }
}

/** A part that gives what is there already. */
export function given<Value>(token: Token<Value>, value: Value): Part {
  return definePart({ name: token.name, gives: token, start: () => value })
}
