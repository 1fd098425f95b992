/** Raised when a command of the other number could misunderstand an answer, or be misunderstood. */
export const DOOR_VERSION = '1'
export const VERSION_HEADER = 'pluggram-door-version'
