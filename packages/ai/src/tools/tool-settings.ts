/** `ai.tools` of config.json. */
export interface ToolSettings {
  /** Maximum number of rounds of calls in one answer; then the model must write. */
  readonly maxRounds: number
  /** Maximum number of concurrent calls in one answer. */
  readonly maxParallel: number
  /** Time limit of one call. */
  readonly timeoutSeconds: number
  /** Time to approve a call before it expires. */
  readonly approvalSeconds: number
  /**
   * Tools as `plugin.tool` whose effects the owner approved permanently; `plugin.*` means all tools
   * of a plugin.
   */
  readonly granted: readonly string[]
}

/** Whether the owner approved a tool permanently. */
export function isGranted({ granted }: Pick<ToolSettings, 'granted'>, plugin: string, tool: string): boolean {
  return granted.includes(`${plugin}.${tool}`) || granted.includes(`${plugin}.*`)
}
