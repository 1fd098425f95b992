/** Names that ICU still gives, although the IANA database has renamed the zone. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

/**
 * Today's name of a time zone: `europe/berlin` gives `Europe/Berlin`, `Asia/Calcutta` gives
 * `Asia/Kolkata`, `+0530` gives `+05:30`. `undefined` if there is no such zone.
 */
export function findTimeZone(name: string): string | undefined {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    return RENAMED[known] ?? known
  } catch {
    return undefined
  }
}

/** The zones of the world by today's names, without fixed offsets. */
export function allTimeZones(): readonly string[] {
  return Intl.supportedValuesOf('timeZone').map((name) => RENAMED[name] ?? name)
}

/** This machine's zone; UTC when its `TZ` names none. */
export function machineTimeZone(): string {
  // undefined for a TZ such as `:/etc/localtime`, whatever its type says
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  const isKnown = name !== undefined && name !== 'Etc/Unknown'
  return (isKnown ? findTimeZone(name) : undefined) ?? 'UTC'
}

/** `Tue, 24 Nov 2026, 09:00`, as clocks in a zone show it. */
export function describeMoment(zone: string, moment: Date, language = 'en-GB'): string {
  return new Intl.DateTimeFormat(language, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(moment)
}
