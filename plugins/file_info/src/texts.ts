/** What people read in chats. */
export const TEXTS = {
  photo: '🖼 Photo',
  document: '📄 Document',
  voiceMessage: '🎙 Voice message',
  audio: '🎵 Audio',
  video: '🎬 Video',
  whichFileReplyFile: 'Which file? Reply to a file or a location with /file.',
  sendBack: '↩️ Send it back',
  overMbWhichMore: 'It is over 20 MB, which is more than bots may download.',
  fileCouldNotDownloaded: 'The file could not be downloaded.',
  noLongerRememberFile: 'I no longer remember that file. Please send it again.',
  location: (place: string, url: string) => `📍 Location\nCoordinates: ${place}\n${url}`,
  openMap: '🗺 Open the map',
} as const
