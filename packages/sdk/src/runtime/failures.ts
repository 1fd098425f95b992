import type { ErrorCode } from '../error-table.ts'
import { PluggramError } from '../errors.ts'

/** One cause that ends a start or a command: a row of docs/reference/exit-codes.md. */
interface FailureRow {
  /** As in sysexits.h, so that supervisors can tell what a restart would help. */
  readonly exitCode: number
  /** What happened, for the reference. */
  readonly meaning: string
  /** What is printed. `subject` is the file, address or word concerned. */
  sentence(subject: string, reason: string): string
}

const ELSEWHERE = 'choose another home (--home, or PLUGGRAM_HOME)'
const REPAIR = 'Bring back a backup, or start once with "pluggram start --repair"'

/** In a container the account has no name, and its number is what `chown` needs. Windows has none. */
function accountNumber(): string {
  const number = process.getuid?.()
  return number === undefined ? '' : ` The account has the number ${number}.`
}

/** Every cause with its exit code and its sentence, which names the next step. */
export const FAILURES = {
  usage: {
    exitCode: 64,
    meaning: 'A command, option or argument does not exist or is missing.',
    sentence: (subject) => `${subject}. "pluggram --help" lists the commands.`,
  },
  'database-damaged': {
    exitCode: 65,
    meaning: 'The database is damaged.',
    sentence: (file, reason) =>
      `The database ${file} is damaged (${reason}). ${REPAIR}: it moves the file aside and begins with an empty one.`,
  },
  'database-log-damaged': {
    exitCode: 65,
    meaning: "The database's log is damaged.",
    sentence: (file, commits) =>
      `The log of the database, ${file}, is damaged: ${commits} commits behind the damage cannot be read, and what they kept is missing. ${REPAIR}: it puts a copy of the files aside and goes on with what can be read.`,
  },
  'database-replaced': {
    exitCode: 65,
    meaning: 'The database was deleted or replaced while the assistant ran, and its content was saved.',
    sentence: (file, saved) =>
      `The database ${file} was deleted or replaced while the assistant ran, and its content was saved as ${saved}. Start once with "pluggram start --repair": it puts aside what is there now and goes on with the saved file. Or move the saved file away.`,
  },
  'database-newer': {
    exitCode: 65,
    meaning: 'The database was written by a newer release.',
    sentence: (file, versions) =>
      `The database ${file} has schema version ${versions}: it was written by a newer Pluggram. Start that release, or ${ELSEWHERE}.`,
  },
  'secrets-damaged': {
    exitCode: 65,
    meaning: 'The store of secrets is damaged.',
    sentence: (file) =>
      `The store of secrets ${file} is damaged: it is cut off, or was changed. Bring it back from a backup, or delete it and set the secrets again ("pluggram secrets set NAME").`,
  },
  'secrets-store-missing': {
    exitCode: 66,
    meaning: 'There is no store of secrets in the home.',
    sentence: (home) =>
      `There is no store of secrets in ${home}. "pluggram secrets set NAME" makes one with the first secret.`,
  },
  'secrets-key-missing': {
    exitCode: 66,
    meaning: 'The key of the store of secrets is missing.',
    sentence: (key, store) =>
      `The key of the store of secrets is missing: ${store} cannot be opened without ${key}. Put the key there, or name its file in PLUGGRAM_SECRETS_KEY_FILE.`,
  },
  'home-missing': {
    exitCode: 66,
    meaning: 'The home does not exist or is not a folder.',
    sentence: (_, reason) => reason,
  },
  'not-running': {
    exitCode: 69,
    meaning: 'A command needs the running assistant, and it is not running in this home.',
    sentence: (home, otherwise) =>
      `The assistant is not running in ${home}. Start it there ("npx pluggram start"), or name its home with --home or PLUGGRAM_HOME.${otherwise}`,
  },
  'port-taken': {
    exitCode: 69,
    meaning: 'Another program uses the port.',
    sentence: (port) =>
      `Port ${port} is taken by another program. Stop it, or start with another one: PORT=${Number(port) + 1} npm start`,
  },
  'no-answer': {
    exitCode: 69,
    meaning: 'An assistant runs in this home but does not accept commands.',
    sentence: (home) =>
      `An assistant runs in ${home} but does not accept commands. See its log, or restart it.`,
  },
  unexpected: {
    exitCode: 70,
    meaning: 'A bug in Pluggram.',
    sentence: (_, reason) =>
      `Ended with an unexpected error: ${reason}. This is a bug in Pluggram: please report it; LOG_LEVEL=debug shows where it happened.`,
  },
  'stop-unclean': {
    exitCode: 70,
    meaning: 'A stop took more than ten seconds, and the process ended itself.',
    sentence: () => 'The stop took too long. The log says what was left; the next start goes on with it.',
  },
  'too-many-files': {
    exitCode: 71,
    meaning: 'The limit of open files is reached.',
    sentence: (file) =>
      `${file} cannot be opened, because too many files are open. Raise the limit (ulimit -n), and start again.`,
  },
  'no-memory': {
    exitCode: 71,
    meaning: 'The system has no memory left.',
    sentence: (subject) => `There is not enough memory for ${subject}. Free some, and start again.`,
  },
  'cannot-create': {
    exitCode: 73,
    meaning: 'A file or folder cannot be created, because something else is in its place.',
    sentence: (file, reason) =>
      `${file} cannot be created: ${reason}. Move away what is there, or ${ELSEWHERE}.`,
  },
  'disk-read-only': {
    exitCode: 73,
    meaning: 'The disk of the home is read-only.',
    sentence: (file) =>
      `The disk is read-only: ${file} cannot be written. Make it writable, or ${ELSEWHERE}.`,
  },
  'disk-full': {
    exitCode: 74,
    meaning: 'The disk is full.',
    sentence: (file) => `The disk is full: ${file} cannot be written. Free some space, and start again.`,
  },
  'disk-fails': {
    exitCode: 74,
    meaning: 'A file cannot be read or written for another reason.',
    sentence: (file, reason) =>
      `${file} cannot be opened: ${reason}. Check that the folder is writable and the disk is not full.`,
  },
  'upgrade-undone': {
    exitCode: 75,
    meaning: 'A new release did not work, and the old one runs again.',
    sentence: (version, reason) =>
      `Pluggram ${version} did not work (${reason}), so the release before runs again. The output of the new one is in data/upgrade.log.`,
  },
  'upgrade-stuck': {
    exitCode: 70,
    meaning: 'After a failed upgrade, the old release did not start either.',
    sentence: (version, reason) =>
      `Pluggram ${version} does not start again: ${reason}. Mend that, and run "pluggram start". A copy of the home is in data/restore-points.`,
  },
  'database-locked': {
    exitCode: 75,
    meaning: 'Another program holds the database.',
    sentence: (file) =>
      `Another program keeps ${file} locked. Close it (a backup or a database tool, for example), and start again.`,
  },
  'home-taken': {
    exitCode: 75,
    meaning: 'Another assistant runs in the home.',
    sentence: (home) =>
      `Another assistant runs in this home (${home}). Stop it first ("pluggram stop"), or ${ELSEWHERE}.`,
  },
  'no-permission': {
    exitCode: 77,
    meaning: 'The account may not read or write a file.',
    sentence: (file) =>
      `This account may not read or write ${file}. Give it the right to, or ${ELSEWHERE}.${accountNumber()}`,
  },
  'not-private': {
    exitCode: 77,
    meaning: 'A file or folder that only the owner may reach is a link, or belongs to somebody else.',
    sentence: (path, reason) =>
      `${path} is not used, because ${reason}. Delete it, and start the assistant again.`,
  },
  'port-forbidden': {
    exitCode: 77,
    meaning: 'The account may not use the port.',
    sentence: (port) => `Port ${port} may not be used by this user. Take one above 1023: PORT=8080 npm start`,
  },
  'secrets-key-exposed': {
    exitCode: 77,
    meaning: 'Every account of the machine may read the key of the store of secrets.',
    sentence: (file) =>
      `Every account of this machine can read ${file}, the key of the store of secrets. Run "chmod 600 ${file}", then "pluggram secrets rotate" if somebody may have read it.`,
  },
  'secrets-key-wrong': {
    exitCode: 78,
    meaning: 'The key does not open the store of secrets.',
    sentence: (key, store) =>
      `The key in ${key} does not open ${store}. Put the key there that it was written with, or name its file in PLUGGRAM_SECRETS_KEY_FILE.`,
  },
  'secrets-key-unusable': {
    exitCode: 78,
    meaning: 'The file with the key of the store of secrets has no key in it.',
    sentence: (file, reason) =>
      `${file} is not the key of a store of secrets: ${reason}. Put a key of age there, whole (a line that begins with AGE-SECRET-KEY-1).`,
  },
  'secrets-key-elsewhere': {
    exitCode: 78,
    meaning: 'The key of the store of secrets comes from systemd, which Pluggram cannot change.',
    sentence: (file) =>
      `The key comes from systemd (${file}), which cannot be changed from here. Name the file that LoadCredential= reads in PLUGGRAM_SECRETS_KEY_FILE, run "pluggram secrets rotate" again, and restart the service.`,
  },
  'secret-refused': {
    exitCode: 65,
    meaning: 'A secret that was to be set is an example, or too weak.',
    sentence: (name, reason) => `${name} was not set: ${reason}`,
  },
  'secret-shown': {
    exitCode: 64,
    meaning: 'A secret was given on the command line.',
    sentence: (name) =>
      `A secret does not belong on the command line: the list of processes and the history of the shell show it. Run "pluggram secrets set ${name}" and type it when asked, or pipe it in: pluggram secrets set ${name} < FILE. What was typed is in the history now: change it.`,
  },
  'config-invalid': {
    exitCode: 78,
    meaning: 'The configuration has errors. Each is printed with its file, line and remedy.',
    sentence: (_, problems) => `The configuration has errors:\n${problems}`,
  },
  'token-refused': {
    exitCode: 78,
    meaning: 'Telegram refuses the token, and nobody owns a bot in this home yet.',
    sentence: () =>
      'Telegram does not know this bot token. Correct TELEGRAM_BOT_TOKEN in .env (@BotFather shows it), and start again.',
  },
  'password-missing': {
    exitCode: 78,
    meaning: 'HOST can be reached by other machines, and there is no password.',
    sentence: (host) =>
      `HOST is ${host}, which other machines can reach, and there is no password. Set PLUGGRAM_PASSWORD (8 characters or more) in .env, or leave HOST at 127.0.0.1.`,
  },
  'host-unknown': {
    exitCode: 78,
    meaning: 'HOST is not an address of this machine.',
    sentence: (host) =>
      `This machine has no address ${host}. Set HOST to 127.0.0.1 or to one of its addresses.`,
  },
} as const satisfies Readonly<Record<string, FailureRow>>

export type FailureName = keyof typeof FAILURES

/** Ends a start or a command with one sentence and the exit code of its cause. */
export class Failure extends PluggramError {
  readonly failure: FailureName
  readonly exitCode: number

  constructor(
    name: FailureName,
    about: { readonly subject?: string | number; readonly reason?: string; readonly cause?: unknown } = {},
    code: ErrorCode = 'startup-failed',
  ) {
    const { exitCode, sentence }: FailureRow = FAILURES[name]
    super(code, sentence(String(about.subject ?? ''), about.reason ?? ''), { cause: about.cause })
    this.failure = name
    this.exitCode = exitCode
  }
}

const BY_ERRNO: Readonly<Record<string, FailureName>> = {
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  EROFS: 'disk-read-only',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EMFILE: 'too-many-files',
  ENFILE: 'too-many-files',
  ENOMEM: 'no-memory',
  EEXIST: 'cannot-create',
  ENOTDIR: 'cannot-create',
  EISDIR: 'cannot-create',
}

/** The failure of a system call on a file; `errno` is a code such as `ENOSPC`. */
export function fileFailure(errno: string | undefined, file: string, cause: unknown): Failure {
  const message = cause instanceof Error ? cause.message : String(cause)
  // 'EEXIST: file already exists, mkdir …': the sentence names the file itself
  const reason = message.replace(/^[A-Z]+: ([^,]*),.*$/s, '$1')
  return new Failure(BY_ERRNO[errno ?? ''] ?? 'disk-fails', { subject: file, reason, cause })
}
