/** What owners read about what does not work. */
export const alertTexts = {
  several: (count: number): string => `⚠️ ${count} problems:`,
  problem: (what: string): string => `⚠️ ${what}`,
  next: (fix: string): string => `➡️ ${fix}`,
  ended: (what: string): string => `✅ ${what}`,
  worksAgain: (time: string): string => `It works again after ${time}.`,
  isOver: (time: string): string => `It is over after ${time}.`,
  more: (count: number): string => `And ${count} more. All of them: pluggram doctor`,
  last: 'That was the last alert of today. What else happens is in pluggram doctor and in the log.',
  restart: (plugin: string): string => `🔄 Restart ${plugin}`,
  mute: '🔕 Mute for a day',
  unmute: (what: string): string => `🔔 Unmute: ${what}`,
  restarted: (plugin: string): string => `🔄 ${plugin} was restarted.`,
  notRestarted: (plugin: string, why: string): string => `${plugin} could not be restarted: ${why}`,
  muted: (until: string): string => `🔕 Muted until ${until}.`,
  test: 'This is a test: alerts reach you.',
  testWhy: 'You asked for it with /alerts.',
  testFix: 'There is nothing to do.',
  sendTest: '🔔 Send a test',
  testIsComing: 'A test is on its way.',
  allWell: '✅ Nothing is wrong.',
  isOff: 'Alerts are off: alerts.enabled is false in config.json.',
  notForYou: 'Alerts do not go to you: alerts.to in config.json names others.',
  today: (sent: number, most: number): string => `Alerts today: ${sent} of at most ${most}.`,
  quiet: (hours: string, zone: string, urgent: string): string =>
    `Quiet hours: ${hours} (${zone}). Urgent, and told at any time: ${urgent}.`,
  noQuiet: 'There are no quiet hours.',
  kindsOff: (kinds: string): string => `Not told at all: ${kinds}.`,
  nothing: 'nothing',
  onlyOwner: 'Only the owner can do that.',
  tooOld: 'This button is too old. Write /alerts.',
  budget: (percent: number, whose: string, period: 'day' | 'month'): string =>
    percent >= 100
      ? `${whose} for ${period === 'day' ? 'today' : 'this month'} is used up.`
      : `${percent} % of ${whose.toLowerCase()} for ${period === 'day' ? 'today' : 'this month'} is used.`,
  budgetOfAll: 'The budget of all together',
  budgetOf: (plugin: string): string => `The budget of the plugin ${plugin}`,
  budgetWhy: (key: string, percent: number): string => `${percent} % of ai.budgets.${key} is used.`,
  budgetNext: (period: 'day' | 'month'): string =>
    `It starts again ${period === 'day' ? 'at midnight UTC' : 'on the first of the month'}. You can raise it in config.json.`,
} as const
