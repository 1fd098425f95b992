/**
 * Raise it when a command and an assistant of different versions could misunderstand each other.
 */
export const DOOR_VERSION = '1'
export const VERSION_HEADER = 'pluggram-door-version'
