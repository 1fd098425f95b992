/** `ai.tools` of config.json. */
export interface ToolSettings {
  /** How many times in one answer the model may read results before it has to write. */
  readonly maxRounds: number
  /** Calls of one answer that run at the same time. */
  readonly maxParallel: number
  /** How long one call may take. */
  readonly timeoutSeconds: number
  /** How long a person has to approve a call. */
  readonly approvalSeconds: number
  /** Tools as `plugin.tool` whose effects the owner approved for good; `plugin.*` are all of a plugin. */
  readonly granted: readonly string[]
}

/** Whether the owner approved a tool for good. */
export function isGranted({ granted }: Pick<ToolSettings, 'granted'>, plugin: string, tool: string): boolean {
  return granted.includes(`${plugin}.${tool}`) || granted.includes(`${plugin}.*`)
}
