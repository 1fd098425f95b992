/** One plugin as its owner sees it. */
export interface AdminPlugin {
  readonly name: string
  readonly description?: string
  readonly isOn: boolean
  /** `running`, `idle`, `starting`, `restarting`, `parked`, `failed` or `off`. */
  readonly state: string
  readonly isolation: 'inline' | 'process'
  /** Why it is out, or what went wrong last. */
  readonly problem?: string
}

/** One key of a plugin's configuration. */
export interface AdminSetting {
  readonly key: string
  readonly description?: string
  /** What it is now, for people; secrets and values from the environment are masked. */
  readonly value: string
  /** `other`: lists and objects, which are written as JSON. */
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'other'
  readonly choices?: readonly string[]
  readonly isSecret: boolean
  /** Nothing stands there, and the plugin needs it. */
  readonly isMissing: boolean
  /** The plugin lets it be set for single chats. */
  readonly isPerChat: boolean
  /** It stands in config.json; asked for a chat: it was set for that chat. */
  readonly isSet: boolean
}

/** A change of one key: for everybody, in config.json, or for one chat. */
export interface AdminSettingChange {
  readonly plugin: string
  readonly key: string
  /** Read as the type that the key has; left out: back to what holds without it. */
  readonly text?: string
  /** Only there; left out: for everybody. */
  readonly chatId?: number
}

/** What an owner can decide about a user or a group. */
export type AdminStanding = 'owner' | 'trusted' | 'allowed' | 'blocked'

export interface AdminParty {
  /** A user's id, or a group's, which is negative. */
  readonly id: number
  readonly name: string
  /** `unknown`: they wrote, and nothing was decided. */
  readonly standing: AdminStanding | 'unknown'
  /** Decided in config.json, where only people write. */
  readonly isInConfig: boolean
}

/**
 * What an owner does by chat. Given only to plugins inside the assistant that have `permissions: {
 * admin: true }`; the plugin checks that whoever asks is an owner.
 */
export interface AdminService {
  plugins(): Promise<readonly AdminPlugin[]>
  /**
   * Switches a plugin on or off for everybody; plugins_config.json says so from then on.
   * @throws PluggramError `plugin-not-found`
   */
  switchPlugin(name: string, isOn: boolean): Promise<void>
  /**
   * Ends a plugin and starts it anew.
   * @throws PluggramError `plugin-not-found`
   */
  restartPlugin(name: string): Promise<void>
  /**
   * The keys of a plugin, with the values that hold for everybody or in one chat; none when its
   * schema cannot tell them.
   * @throws PluggramError `plugin-not-found`
   */
  settings(plugin: string, chatId?: number): Promise<readonly AdminSetting[]>
  /**
   * Sets a key. For everybody it is written to config.json, whose formatting stays; for one chat it
   * is kept in the data folder. It holds from the next message on.
   * @throws PluggramError `config-invalid` when the plugin does not take it, and nothing is changed
   * then; `config-secret` when a secret was written, which does not belong into a chat
   */
  changeSetting(change: AdminSettingChange): Promise<void>
  /** Names of the plugins that are off in one chat. */
  offIn(chatId: number): Promise<readonly string[]>
  switchIn(chatId: number, plugin: string, isOn: boolean): Promise<void>
  /** The last lines of the log, oldest first, secrets masked. At most 200. */
  logLines(options: { readonly count: number; readonly onlyProblems?: boolean }): Promise<readonly string[]>
  /** Everybody that something was decided about, and strangers who wrote lately. */
  parties(): Promise<readonly AdminParty[]>
  /**
   * Decides about a user or group; `undefined` takes the decision back.
   * @throws PluggramError `config-invalid` when config.json says otherwise
   */
  decide(id: number, standing: AdminStanding | undefined): Promise<void>
}
