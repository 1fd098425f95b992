/** Words that say nothing about the topic of a sentence. */
const STOP_WORDS = new Set(
  `a an the i you he she it we they me my mine your yours our us them his her its is are was were be been being am
  do does did done can could would should will shall may might must please just some any to of in on at for with from
  by and or but not no yes so if then than as that this these those there here what which who whom whose how when
  where why tell show give want need like let lets get got have has had make about up out into hi hello hey ok okay
  thanks thank pls plz now really also too very wanna gonna im ive id dont cant doesnt isnt whats hows wheres
  one two three four five six seven eight nine ten twelve twenty hundred many much more thing things something anything
  explain describe know kindly quickly again maybe bit way work works working
  possible question help bot assistant everything look see read check use`.split(/\s+/),
)

const IRREGULAR: Readonly<Record<string, string>> = {
  dice: 'die',
  threw: 'throw',
  thrown: 'throw',
  ran: 'run',
  written: 'write',
  wrote: 'write',
  sent: 'send',
  pics: 'picture',
  photos: 'photo',
}

/** Strips a word's ending, so that `rolling`, `rolls` and `roll` are equal. */
export function stem(word: string): string {
  let result = IRREGULAR[word] ?? word
  if (result.length > 3 && result.endsWith('s') && !result.endsWith('ss')) result = result.slice(0, -1)
  // reminder → remind
  if (result.length > 6 && result.endsWith('er')) result = result.slice(0, -2)
  if (result.length > 5 && result.endsWith('ing')) result = result.slice(0, -3)
  else if (result.length > 4 && result.endsWith('ed')) result = result.slice(0, -2)
  if (result.length > 3 && result.endsWith('e')) result = result.slice(0, -1)
  return result.replace(/([^aeiou])\1$/, '$1')
}

/** All words in lower case; `don't` is one word. */
export function words(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/['’]/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}

/**
 * Stems of the meaningful words. `3` and `2d6` are omitted, since `roll 3 dice` means the same as
 * `roll dice`.
 */
export function contentWords(text: string): Set<string> {
  return new Set(
    words(text)
      .filter((word) => !STOP_WORDS.has(word) && !/\d/.test(word))
      .map(stem),
  )
}

/** Picks an item; always the same one for the same seed. */
export function pick<Item>(items: readonly [Item, ...Item[]], seed: string): Item {
  let hash = 0x811c9dc5
  for (let index = 0; index < seed.length; index++) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
  }
  return items[(hash >>> 0) % items.length] ?? items[0]
}
