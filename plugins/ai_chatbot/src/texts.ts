const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 })
const megabytes = (bytes: number): string => `${number(bytes / 1_000_000)} MB`

const AS_PHOTO = 'Send it as a photo, not as a file: Telegram then makes a smaller JPEG of it.'

/** What people read in chats. */
export const TEXTS = {
  aiModelNotAvailable: 'The AI model is not available.',
  buttonTooOldPlease: 'This button is too old. Please send the command again.',
  cannotReadDescribeWhat: 'I cannot read that. Describe what you need.',
  privateSendOurPrivate: 'That is private. Send it in our private chat.',
  ownerTurnedSavedFacts: 'The owner turned saved facts off. I only remember our conversations.',
  newChatStarted: 'New chat started.',
  conversation: 'This conversation',
  allTopics: 'Conversations in all topics',
  factsAbout: 'Facts about me',
  everything: 'Everything',
  whatShouldForget: (more: string) => `What should I forget?${more}`,
  deleted: (value: string) => `Deleted: ${value}.`,
  saved: (text: string) => `📝 Saved: ${text}\n/memory shows everything.`,
  whatShouldRememberExample: 'What should I remember? For example /remember I am vegetarian',
  alreadyKnow: 'I already know that.',
  canSaveMostFacts: (maxFacts: number) =>
    `I can save at most ${maxFacts} facts. Delete one in /memory first.`,
  rememberOurLastMessages: (count: number, value: string) => `I remember our last ${count} messages${value}`,
  deleteThemAfterDays: (retentionDays: number) =>
    `I delete them after ${retentionDays} days; /new deletes them now.`,
  newDeletesThem: '/new deletes them.',
  savedFactsNoneSave: 'Saved facts: none. Save one with /remember I am vegetarian.',
  savedFacts: 'Saved facts:',
  cannotChosen: (name: string, names: string) => `“${name}” is not available. Choose from ${names}.`,
  modelNoLongerAvailable: 'That model is no longer available. /model lists the models.',
  usingOnlyModelAvailable: (id: string) => `You are using ${id}. This is the only model available.`,
  pickModelChats: 'Pick a model for your chats',
  pickModelGroup: 'Pick a model for this group',
  now: (id: string, scope: string) => `Now: ${id}. ${scope}:`,
  noStyleChooseDescribe: (args: string, names: string) =>
    `There is no style “${args}”. Choose from ${names}, or describe one in a sentence.`,
  thatsTooLongMaximum: (maxPromptCharacters: number) =>
    `That's too long. The maximum is ${maxPromptCharacters} characters.`,
  backNormalStyle: 'Back to my normal style.',
  styleChatNow: (args: string) => `My style in this chat is now “${args}”.`,
  okChangedStyleChat: 'OK, I changed my style in this chat. /persona default changes it back.',
  styleNoLongerExists: 'That style no longer exists. /persona lists them.',
  chooseOneWriteOwn: 'Choose one, or write your own: /persona You are a patient teacher.',
  styleChat: (lines: string, hint: string) => `My style in this chat:\n${lines}\n\n${hint}`,
  respondGroupsAnswerEverything: '/respond is for groups. Here I answer everything.',
  groupAnswer: (respondWords: string, modes: string) => `In this group I answer ${respondWords}.\n${modes}`,
  privacyModeOn: `⚠️ But Telegram does not show me every message: my privacy mode is on. My owner can turn it off:
1. Write /setprivacy to @BotFather.
2. Choose me, then “Disable”.
3. Remove me from this group and add me again.
Or make me an administrator of this group; then I see all messages at once.`,
  okNowAnswerGroup: (respondWords: string) => `OK, I now answer ${respondWords} in this group.`,
  ownerTurnedOff: 'The owner turned this off.',
  factsCanOnlySaved: 'Facts can only be saved in private chats.',
  nothingSave: 'There was nothing to save.',
  alreadySaved: 'That is already saved.',
  listFactsFull: 'The list of facts is full.',
  noLongerHaveQuestion: 'I no longer have that question. Please send it again.',
  onlyPersonWhoAsked: 'Only the person who asked can try again.',
  retry: '🔄 Retry',
  continue: '▶️ Continue',
  goOn: 'Go on.',
  onlyPersonWhoAskedContinue: 'Only the person who asked can continue this answer.',
  onlyPersonWhoAskedCan: 'Only the person who asked can stop this answer.',
  nothingStop: 'There is nothing to stop.',
  errors: {
    'ai-unavailable': "The AI service isn't responding. Try again in a minute.",
    'ai-overloaded': 'The AI service is busy. Try again in a minute.',
    'ai-empty': 'The AI service returned an empty answer. Try again.',
    'ai-busy': "I'm still working on your other messages. Wait for them, or stop one with /stop.",
    'ai-limit': "You've reached the limit. /usage shows when it resets.",
    'ai-timeout': 'The AI service took too long. Try again.',
    'ai-refused': 'The AI service rejected that message. Try rephrasing it, or start over with /new.',
    'ai-file-refused':
      'The AI service did not accept that picture or file. Send it in another format, or describe what you need.',
    'ai-too-long':
      'This conversation is too long for the AI model. Start over with /new, or send something shorter.',
    'ai-filtered': 'The AI service blocked the answer. Try rephrasing your message.',
    'ai-unowned':
      "I don't have an owner yet, so I don't use my AI model: it costs money. If I'm yours, send me /pair with the code from the terminal where you started me.",
    'ai-misconfigured':
      'The AI model is not set up correctly. The reason is in the log (owner only). Other commands work.',
  },
  stopped: '⏹ Stopped.',
  answerReachedMaximumLength: '⚠️ The answer reached its maximum length. Write “go on” for the rest.',
  answerEndsAiService: '⚠️ The answer ends here: the AI service blocked the rest.',
  stop: '⏹ Stop',
  answerEndsBecauseToo: '\n\n⚠️ The answer ends here because it is too long.',
  answerCutOff: (reason: string) => `\n\n⚠️ The answer was cut off. ${reason}`,
  chat: 'This chat',
  conversationAllChats: 'The conversation in all chats',
  wholeAssistant: 'The whole assistant',
  nothingUsedYet: 'Nothing used yet.',
  pleaseTryAgain: 'Please try again.',
  noVideos: 'I cannot watch videos. Describe what you need.',
  unreadableFile: 'I cannot read this type of file. I can read pictures, PDFs and text files.',
  modelCannotRead: (modelId: string, what: string) =>
    `The AI model ${modelId} cannot read ${what}. Describe what you need, or choose another model with /model.`,
  noSpeechModel:
    'I cannot listen to recordings: no model for that is set up (ai.transcription_model). Please type your message.',
  noWordsHeard: 'I could not hear any words in that recording.',
  fileTooLarge: 'That file is over 20 MB, which is more than bots may download.',
  downloadFailed: 'I could not download that file from Telegram. Please send it again.',
  stillOfVideo: 'I cannot watch videos. I looked at one picture of it.',
  noSticker: 'I cannot see this sticker. Describe what you need.',
  noFormat: (name: string) => `The AI model cannot read pictures in the ${name} format. ${AS_PHOTO}`,
  noPicture: 'That file is not a picture that the AI model can read. Send it as a JPEG or PNG.',
  animated: 'The AI model cannot see animated pictures. Send a single picture of it, such as a screenshot.',
  tooManyBytes: (bytes: number, most: number) =>
    `That picture has ${megabytes(bytes)}, and the AI model takes at most ${megabytes(most)}. ${AS_PHOTO}`,
  tooManyPixels: (width: number, height: number, most: number) =>
    `That picture has ${number(width)} × ${number(height)} pixels, and the AI model takes at most ${number(most)} on a side. ${AS_PHOTO}`,
  smaller: (why: string, width: number, height: number) =>
    `${why} This time I looked at Telegram's small preview of it (${number(width)} × ${number(height)}).`,
  refused: (names: string) =>
    `The AI service did not accept ${names}, so I answered without it. Send another format, or choose another model with /model.`,
  refusedAlone: (names: string) =>
    `The AI service did not accept ${names}. Send it in another format, describe what you need, or choose another model with /model.`,
} as const
