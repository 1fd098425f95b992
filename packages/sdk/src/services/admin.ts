/** A plugin as the owner sees it. */
export interface AdminPlugin {
  readonly name: string
  /** Its name as people read it. */
  readonly title?: string
  readonly description?: string
  readonly isOn: boolean
  /** `running`, `idle`, `starting`, `restarting`, `parked`, `failed` or `off`. */
  readonly state: string
  readonly isolation: 'inline' | 'process'
  /** Why it does not run, or its latest error. */
  readonly problem?: string
}

/** One key of a plugin's configuration. */
export interface AdminSetting {
  readonly key: string
  readonly description?: string
  /** The current value as readable text; secrets and values from the environment are masked. */
  readonly value: string
  /** `other`: lists and objects, written as JSON. */
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'other'
  readonly choices?: readonly string[]
  readonly isSecret: boolean
  /** True when the key is required but not set. */
  readonly isMissing: boolean
  /** True when the plugin allows setting it for single chats. */
  readonly isPerChat: boolean
  /** True when it is set in config.json or, for a chat, when it is set for that chat. */
  readonly isSet: boolean
}

/** A change of one key: for everybody, in config.json, or for one chat. */
export interface AdminSettingChange {
  readonly plugin: string
  readonly key: string
  /** Parsed as the key's type. If omitted, the key is reset to its default. */
  readonly text?: string
  /** The chat to change it for; everybody if omitted. */
  readonly chatId?: number
}

/** The access level an owner can give a user or a group. */
export type AdminStanding = 'owner' | 'trusted' | 'allowed' | 'blocked'

export interface AdminParty {
  /** A user's id, or a group's, which is negative. */
  readonly id: number
  readonly name: string
  /** Their public name, without the `@`. */
  readonly username?: string
  /** `unknown`: they wrote, but the owner has not decided yet. */
  readonly standing: AdminStanding | 'unknown'
  /** True when config.json sets it; it can only be changed there. */
  readonly isInConfig: boolean
}

/**
 * Lets an owner manage the assistant by chat. Only plugins inside the assistant with `permissions:
 * { admin: true }` get it. The plugin must check that the user is an owner.
 */
export interface AdminService {
  plugins(): Promise<readonly AdminPlugin[]>
  /**
   * Switches a plugin on or off for everybody and saves this in plugins_config.json.
   * @throws PluggramError `plugin-not-found`
   */
  switchPlugin(name: string, isOn: boolean): Promise<void>
  /**
   * Restarts a plugin.
   * @throws PluggramError `plugin-not-found`
   */
  restartPlugin(name: string): Promise<void>
  /**
   * The settings of a plugin, with the values for everybody or for one chat. Empty when its schema
   * does not list its keys.
   * @throws PluggramError `plugin-not-found`
   */
  settings(plugin: string, chatId?: number): Promise<readonly AdminSetting[]>
  /**
   * Changes a setting. For everybody it is written to config.json, preserving the formatting; for
   * one chat it is stored in the data folder. It takes effect with the next message.
   * @throws PluggramError `config-invalid` when the plugin rejects the value, in which case nothing
   * changes; `config-secret` when the key is a secret, which must not be sent in a chat
   */
  changeSetting(change: AdminSettingChange): Promise<void>
  /** Names of the plugins that are switched off in a chat. */
  offIn(chatId: number): Promise<readonly string[]>
  switchIn(chatId: number, plugin: string, isOn: boolean): Promise<void>
  /**
   * The last log lines, at most 200, oldest first, with secrets masked, and times in that zone
   * (default: the assistant's).
   */
  logLines(options: {
    readonly count: number
    readonly onlyProblems?: boolean
    readonly timeZone?: string
  }): Promise<readonly string[]>
  /** Users and groups that wrote recently, latest first, and all others with a decision. */
  parties(): Promise<readonly AdminParty[]>
  /**
   * Sets the access level of a user or group; `undefined` removes it.
   * @throws PluggramError `config-invalid` when config.json says otherwise
   */
  decide(id: number, standing: AdminStanding | undefined): Promise<void>
}
