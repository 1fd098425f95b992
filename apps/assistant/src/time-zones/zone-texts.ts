import { describeMoment } from '@pluggram/base'

/** How a zone is called in a chat. */
export function zoneLabel(zone: string): string {
  return /^[+-]/.test(zone) ? `UTC${zone}` : zone
}

export const zoneTexts = {
  own: (zone: string, now: Date): string =>
    `Your time zone is ${zoneLabel(zone)}; it is ${describeMoment(zone, now)} there.`,
  groups: (zone: string, now: Date): string =>
    `This group's time zone is ${zoneLabel(zone)}; it is ${describeMoment(zone, now)} there.`,
  notSet: (zone: string, now: Date): string =>
    `No time zone is set, so I use mine: ${zoneLabel(zone)}, where it is ${describeMoment(zone, now)}.`,
  change:
    'To change it, tap a button, write /timezone with a city, a country or UTC+2, or send me your location.',
  changeInGroup: 'To change it, tap a button or write /timezone with a city, a country or UTC+2.',
  kept: "Existing reminders and schedules won't move.",
  fixed: 'It has no summer time. If your clocks change, choose a place:',
  several: 'Which of these is it?',
  similar: (text: string): string => `I don't know the time zone “${text}”. Did you mean one of these?`,
  unknown: (text: string): string =>
    `I don't know the time zone “${text}”. Write a city, a country, or a name such as Europe/Berlin; or find it by the clock.`,
  byClock: '🕐 By the clock',
  whichTime: 'What time is it where you are?',
  whichPlace: 'Which of these is nearest?',
  notHere:
    "Only the owner and trusted people can change a group's time zone. Set your own in our private chat.",
  tooOld: 'This button is too old. Write /timezone again.',
  sea: 'There is no time zone at that place. Write /timezone with a city.',
} as const
